// SPDX-License-Identifier: Apache-2.0
// A small recursive-descent parser: sum := [sign] product {sign product}, product := item {"*" item},
// item := literal | variable | u<k> | "(" sum of two ")" | "sgn(" ... ")".
#include "models/plasticity/learning_rule.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace spikefab {
namespace {

constexpr std::int32_t exponent_offset = 7;  // exponents are stored from 2^-7 up, as Loihi's scaling factors are

struct Literal {
    std::int32_t mantissa = 1;
    std::int32_t exponent = 0;
    [[nodiscard]] std::optional<std::int32_t> whole() const {
        if (exponent < 0 || exponent > 20) return std::nullopt;
        return mantissa * (std::int32_t{1} << exponent);
    }
};

class Parser {
public:
    explicit Parser(std::string_view text) : text_{text} {}

    [[nodiscard]] LearningSum sum() {
        LearningSum products;
        std::int32_t sign = optional_sign();
        while (true) {
            products.push_back(product(sign));
            if (at_end()) return products;
            if (peek() != '+' && peek() != '-') refuse("'+', '-', '*' or the end of the rule");
            sign = optional_sign();
        }
    }

private:
    [[noreturn]] void refuse(std::string_view expected) {
        skip_space();
        throw InputError{fmt::format(
            "learning rule '{}', character {}: expected {}; a rule is a sum of products such as 2^-4*x1*y0, with one of x0, "
            "y0, u<k> in each, and factors x0-x2, y0-y3, r0, r1, w, d, t, (w+3), sgn(w)",
            text_, position_ + 1, expected)};
    }
    void skip_space() {
        while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0) ++position_;
    }
    [[nodiscard]] bool at_end() {
        skip_space();
        return position_ == text_.size();
    }
    [[nodiscard]] char peek() {
        skip_space();
        return position_ < text_.size() ? text_[position_] : '\0';
    }
    [[nodiscard]] bool take(char letter) {
        if (peek() != letter) return false;
        ++position_;
        return true;
    }
    void need(char letter) {
        if (!take(letter)) refuse(fmt::format("'{}'", letter));
    }
    [[nodiscard]] bool take_word(std::string_view word) {
        skip_space();
        if (!text_.substr(position_).starts_with(word)) return false;
        position_ += word.size();
        return true;
    }
    [[nodiscard]] std::int32_t optional_sign() {
        if (take('-')) return -1;
        static_cast<void>(take('+'));
        return 1;
    }
    [[nodiscard]] bool digit() { return std::isdigit(static_cast<unsigned char>(peek())) != 0; }
    [[nodiscard]] std::int32_t whole_number() {
        if (!digit()) refuse("a whole number");
        std::int32_t value = 0;
        while (position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_])) != 0) {
            value = value * 10 + (text_[position_++] - '0');
            if (value > 1'000'000) refuse("a smaller number");
        }
        return value;
    }
    /// 3, 2^-4, 2**3
    [[nodiscard]] Literal literal() {
        const std::int32_t value = whole_number();
        if (!take('^') && !take_word("**")) return {value, 0};
        if (value != 2) refuse("a power of 2");
        const std::int32_t sign = optional_sign();
        return {1, sign * whole_number()};
    }
    [[nodiscard]] std::optional<LearningVariable> variable() {
        constexpr auto names = enum_names(LearningVariable{});
        for (std::size_t i = 0; i + 1 < names.size(); ++i)
            if (take_word(names[i])) return static_cast<LearningVariable>(i);
        return std::nullopt;
    }

    [[nodiscard]] LearningProduct product(std::int32_t sign) {
        LearningProduct result;
        has_dependency_ = false;
        scale_ = {sign, 0};
        do item(result);
        while (take('*'));
        if (!has_dependency_) refuse("one of x0, y0, u<k> in the product before");
        normalise(result);
        return result;
    }

    void item(LearningProduct& result) {
        if (take_word("sgn")) {
            need('(');
            bracket(result, true);
        } else if (take('(')) {
            bracket(result, false);
        } else if (digit()) {
            scale(literal());
        } else if (take('u')) {
            result.epoch_exponent = static_cast<std::uint32_t>(whole_number());
            depend(result, LearningDependency::every_epoch);
        } else if (const auto found = variable()) {
            factor_or_dependency(result, *found);
        } else {
            refuse("a number, a variable or a bracket");
        }
    }

    void scale(const Literal& factor) {
        scale_.mantissa *= factor.mantissa;
        scale_.exponent += factor.exponent;
    }
    void depend(LearningProduct& result, LearningDependency dependency) {
        if (has_dependency_) refuse("no second u<k> in a product");
        has_dependency_ = true;
        result.dependency = dependency;
    }
    /// The first x0 or y0 of a product gates it; another one is a factor.
    void factor_or_dependency(LearningProduct& result, LearningVariable found) {
        const bool gates = found == LearningVariable::x0 || found == LearningVariable::y0;
        if (gates && !has_dependency_)
            return depend(result,
                          found == LearningVariable::x0 ? LearningDependency::source_spike : LearningDependency::target_spike);
        result.factors.push_back({.variable = found});
    }

    /// After "(": [sign] number ")" scales; variable [sign number] or number sign variable is a factor.
    void bracket(LearningProduct& result, bool sign_only) {
        std::int32_t constant = 0;
        std::int32_t variable_sign = 1;
        std::optional<LearningVariable> found;
        do {
            const std::int32_t sign = optional_sign();
            if (digit()) {
                const Literal number = literal();
                if (peek() == ')' && !found) {
                    if (sign_only) refuse("w, d or t inside sgn()");
                    need(')');
                    return scale({sign * number.mantissa, number.exponent});
                }
                if (!number.whole()) refuse("a whole number beside a variable");
                constant += sign * *number.whole();
            } else if (found = variable(); found) {
                variable_sign = sign;
            } else {
                refuse("a variable and a number");
            }
        } while (peek() == '+' || peek() == '-');
        need(')');
        if (!found) refuse("a variable in the bracket before");
        add_bracket(result, {.variable = *found, .constant = variable_sign * constant, .sign_only = sign_only}, variable_sign);
    }
    void add_bracket(LearningProduct& result, const LearningFactor& factor, std::int32_t variable_sign) {
        const bool synaptic = factor.variable == LearningVariable::weight || factor.variable == LearningVariable::delay ||
                              factor.variable == LearningVariable::tag;
        if (factor.sign_only && (!synaptic || variable_sign < 0)) refuse("w, d or t, without a minus, inside the sgn() before");
        scale_.mantissa *= variable_sign;
        result.factors.push_back(factor);
    }

    /// Mantissas have 4 bits with the sign; powers of two move into the exponent (lava: ProductSeries).
    void normalise(LearningProduct& result) {
        while (std::abs(scale_.mantissa) > 7 && scale_.mantissa % 2 == 0 && scale_.exponent < 8) {
            scale_.mantissa /= 2;
            ++scale_.exponent;
        }
        if (scale_.mantissa < -8 || scale_.mantissa > 7) refuse("a scale whose odd part is between -8 and 7");
        if (scale_.exponent < -7 || scale_.exponent > 8) refuse("a scale between 2^-7 and 2^8");
        result.mantissa = scale_.mantissa;
        result.exponent = scale_.exponent + exponent_offset;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    bool has_dependency_ = false;
    Literal scale_;
};

[[nodiscard]] std::string factor_text(const LearningFactor& factor) {
    const std::string_view name = enum_names(LearningVariable{})[static_cast<std::size_t>(factor.variable)];
    if (factor.constant == 0) return factor.sign_only ? fmt::format("sgn({})", name) : std::string{name};
    return fmt::format("{}({}{:+})", factor.sign_only ? "sgn" : "", name, factor.constant);
}

[[nodiscard]] std::string dependency_text(const LearningProduct& product) {
    switch (product.dependency) {
        case LearningDependency::source_spike:
            return "x0";
        case LearningDependency::target_spike:
            return "y0";
        case LearningDependency::every_epoch:
            break;
    }
    return fmt::format("u{}", product.epoch_exponent);
}

}  // namespace

std::uint32_t bits_of(LearningVariable variable) {
    if (variable <= LearningVariable::r0) return 1;
    if (variable <= LearningVariable::r1) return 7;
    return variable == LearningVariable::constant ? 8 : 9;
}

LearningSum parse_learning_rule(std::string_view text, std::string_view target) {
    if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
        std::string_view left = text.substr(0, equals);
        left.remove_suffix(left.size() - std::min(left.find_last_not_of(' ') + 1, left.size()));
        left.remove_prefix(std::min(left.find_first_not_of(' '), left.size()));
        if (left != target)
            throw InputError{fmt::format("learning rule '{}' sets '{}' where '{}' is expected", text, left, target)};
        text.remove_prefix(equals + 1);
    }
    if (text.find_first_not_of(' ') == std::string_view::npos) return {};
    return Parser{text}.sum();
}

std::string learning_rule_problem(std::string_view text) {
    const std::size_t equals = text.find('=');
    try {
        static_cast<void>(parse_learning_rule(equals == std::string_view::npos ? text : text.substr(equals + 1), ""));
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

std::string to_text(const LearningSum& sum) {
    std::string text;
    for (const LearningProduct& product : sum) {
        const bool minus = product.mantissa < 0;
        text += text.empty() ? (minus ? "-" : "") : (minus ? " - " : " + ");
        text +=
            fmt::format("{}*2^{}*{}", std::abs(product.mantissa), product.exponent - exponent_offset, dependency_text(product));
        for (const LearningFactor& factor : product.factors) text += "*" + factor_text(factor);
    }
    return text;
}

}  // namespace spikefab
