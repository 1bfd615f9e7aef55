// SPDX-License-Identifier: Apache-2.0
// Sums and products of numbers, names and components of the magnetisation, read by recursive descent.
#include "verify/field_text.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <regex>
#include <string_view>

namespace spikefab::verify {
namespace {

/// a + b . m, along a unit vector where the text names one.
struct Term {
    double constant = 0.0;
    Vector3 factor{};
    std::optional<std::size_t> axis;

    [[nodiscard]] bool depends() const { return factor != Vector3{}; }
};

class TextParser final {
public:
    TextParser(std::string_view text, const nlohmann::json& vector) : text_{text}, vector_{vector} {}

    [[nodiscard]] FieldParts field() {
        take('H');
        take('=');
        FieldParts parts;
        if (const std::size_t start = at_; take('(')) {
            const Term first = sum(false);
            if (take(',')) {
                add(parts, first, 0);
                add(parts, sum(false), 1);
                expect(',');
                add(parts, sum(false), 2);
                expect(')');
                end();
                return parts;
            }
            at_ = start;  // a bracket of a sum
        }
        bool negative = take('-');
        do {
            Term term = product();
            if (negative) negate(term);
            add(parts, term, axis_of(term));
            negative = peek() == '-';
        } while (take('+') || take('-'));
        end();
        return parts;
    }
    [[nodiscard]] double number() {
        const Term value = sum(true);
        end();
        if (value.depends() || value.axis) fail();
        return value.constant;
    }

private:
    [[noreturn]] void fail() const {
        throw InputError{
            fmt::format("'{}' is not understood from '{}' on; expected sums of terms such as Hk mz, with names that "
                        "are numbers of the file",
                        text_, text_.substr(std::min(at_, text_.size())))};
    }
    [[nodiscard]] char peek() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char letter) {
        if (peek() != letter) return false;
        const bool word = std::isalpha(static_cast<unsigned char>(letter)) != 0;
        if (word && at_ + 1 < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_ + 1])) != 0) return false;
        ++at_;
        return true;
    }
    void expect(char letter) {
        if (!take(letter)) fail();
    }
    void end() {
        if (peek() != '\0') fail();
    }

    static void negate(Term& term) {
        term.constant = -term.constant;
        for (double& factor : term.factor) factor = -factor;
    }
    void add(FieldParts& parts, const Term& term, std::size_t axis) const {
        for (std::size_t k = 0; k < 3; ++k)
            if (k != axis && term.factor[k] != 0.0) fail();
        if (term.axis.value_or(axis) != axis) fail();
        parts.constant.at(axis) += term.constant;
        parts.proportional.at(axis) += term.factor.at(axis);
    }
    /// "Hk mz" alone points along z.
    [[nodiscard]] std::size_t axis_of(const Term& term) const {
        if (term.axis) return *term.axis;
        for (std::size_t k = 0; k < 3; ++k)
            if (term.factor[k] != 0.0) return k;
        fail();
    }

    [[nodiscard]] Term sum(bool numbers_only) {
        Term total;
        bool negative = take('-');
        do {
            Term term = product();
            if (term.axis || (numbers_only && term.depends())) fail();
            if (negative) negate(term);
            total.constant += term.constant;
            for (std::size_t k = 0; k < 3; ++k) total.factor[k] += term.factor[k];
            negative = peek() == '-';
        } while (take('+') || take('-'));
        return total;
    }
    [[nodiscard]] Term product() {
        Term total = factor();
        while (true) {
            const bool star = take('*');
            const char next = peek();
            const bool starts = next == '(' || next == '.' || std::isalnum(static_cast<unsigned char>(next)) != 0;
            if (!starts) {
                if (star) fail();
                return total;
            }
            const Term other = factor();
            if ((total.depends() && other.depends()) || (total.axis && other.axis)) fail();
            Term result{
                .constant = total.constant * other.constant, .factor = {}, .axis = total.axis ? total.axis : other.axis};
            for (std::size_t k = 0; k < 3; ++k)
                result.factor[k] = total.factor[k] * other.constant + total.constant * other.factor[k];
            total = result;
        }
    }
    [[nodiscard]] Term factor() {
        const char first = peek();
        if (take('(')) {
            const Term inner = sum(false);
            expect(')');
            return inner;
        }
        if (std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '.') {
            double value = 0.0;
            const auto [stop, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
            if (failure != std::errc{}) fail();
            at_ = static_cast<std::size_t>(stop - text_.data());
            return {.constant = value, .factor = {}, .axis = {}};
        }
        std::size_t length = 0;
        while (at_ + length < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_ + length])) != 0 || text_[at_ + length] == '_'))
            ++length;
        const std::string name{text_.substr(at_, length)};
        Term term;
        if (const auto value = vector_.find(name); value != vector_.end() && value->is_number()) {
            term.constant = value->get<double>();
        } else if (name.size() == 2 && name[0] == 'm' && name[1] >= 'x' && name[1] <= 'z') {
            term.factor.at(static_cast<std::size_t>(name[1] - 'x')) = 1.0;
        } else if (name.size() == 1 && name[0] >= 'x' && name[0] <= 'z') {
            term.constant = 1.0;
            term.axis = static_cast<std::size_t>(name[0] - 'x');
        } else {
            fail();
        }
        at_ += length;
        return term;
    }

    std::string_view text_;
    const nlohmann::json& vector_;
    std::size_t at_ = 0;
};

}  // namespace

FieldParts parse_field(const std::string& text, const nlohmann::json& vector) {
    return TextParser{text, vector}.field();
}

SteppedTorque parse_torque(const std::string& text, const nlohmann::json& vector) {
    static const std::regex form{
        R"((.*)\bfor\s+t\s*<\s*([0-9]*\.?[0-9]+\.?(?:[eE][-+]?[0-9]+)?)\s*(ps|ns|us|s)\s+then\s+(.*))"};
    const auto number = [&](const std::string& words) { return TextParser{words, vector}.number(); };
    std::smatch found;
    if (!std::regex_match(text, found, form)) return {.first = number(text)};
    const std::string unit = found[3].str();
    const double second = unit == "ps" ? 1e-12 : unit == "ns" ? 1e-9 : unit == "us" ? 1e-6 : 1.0;
    return {.first = number(found[1].str()), .edge = second * std::stod(found[2].str()), .second = number(found[4].str())};
}

}  // namespace spikefab::verify
