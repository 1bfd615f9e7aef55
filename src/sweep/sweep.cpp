// SPDX-License-Identifier: Apache-2.0
// The loop: look, claim, run, look again.
#include "sweep/sweep.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>

namespace spikefab {
namespace {

constexpr std::size_t longest_reason = 500;

/// Text on one line, not endless.
[[nodiscard]] std::string one_line(std::string text) {
    for (char& letter : text)
        if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
    while (!text.empty() && text.back() == ' ') text.pop_back();
    if (text.size() > longest_reason) text = text.substr(0, longest_reason) + " ...";
    return text;
}

/// The message of a failed run: from the line that the program marks as its message to the end, or the last line.
[[nodiscard]] std::string last_words(const std::filesystem::path& log) {
    constexpr std::string_view mark = "spikefab: ";
    std::ifstream stream{log};
    std::string words;
    bool marked = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (line.starts_with(mark)) {
            marked = true;
            words = line.substr(mark.size());
        } else {
            words = marked ? words + "; " + line : line;
        }
    }
    return words;
}

[[nodiscard]] std::string reason_of(const JobOutcome& outcome, const std::filesystem::path& log) {
    const std::string words = last_words(log);
    return one_line(fmt::format("exit code {}{}{}", outcome.exit_code, words.empty() ? "" : ": ", words));
}

/// One batch of points on its way from "not known" to an outcome.
class Batch final {
public:
    Batch(std::vector<Point> points, Executor& executor, const PointStore& store,
          const std::function<ResolvedPoint(const Point&)>& resolve, const SweepOptions& options)
        : executor_{executor}, store_{store}, options_{options} {
        for (Point& point : points) {
            outcomes_.push_back({.point = std::move(point), .result = {}, .reason = {}});
            resolved_.push_back(try_to_resolve(outcomes_.back(), resolve));
            if (!resolved_.back().key.empty()) waiting_.push_back(resolved_.size() - 1);
        }
    }

    /// False when it was interrupted.
    [[nodiscard]] bool run() {
        while (true) {
            if (options_.stop_requested()) return stop();
            look_through_waiting();
            if (waiting_.empty() && !executor_.busy()) return true;
            if (const auto outcome = executor_.wait(options_.patience)) finish(*outcome);
        }
    }

    [[nodiscard]] std::vector<PointOutcome> take() { return std::move(outcomes_); }
    [[nodiscard]] std::size_t ran() const { return ran_; }

private:
    static ResolvedPoint try_to_resolve(PointOutcome& outcome, const std::function<ResolvedPoint(const Point&)>& resolve) {
        try {
            return resolve(outcome.point);
        } catch (const InputError& error) {
            outcome.reason = one_line(error.what());
            return {};
        }
    }

    /// Takes what is stored, starts what there is room for, keeps the rest waiting.
    void look_through_waiting() {
        std::deque<std::size_t> still_waiting;
        for (const std::size_t index : waiting_)
            if (!take_stored(index) && !try_to_start(index)) still_waiting.push_back(index);
        waiting_ = std::move(still_waiting);
    }

    /// True when the point needs no run: it is stored, or has just failed here.
    bool take_stored(std::size_t index) {
        const std::string& key = resolved_[index].key;
        const bool ran_here = ran_keys_.contains(key);
        auto stored = store_.find(key);
        if (!stored || (!stored->result && options_.retry_failed && !ran_here)) {
            const auto lost = ran_keys_.find(key);
            if (lost == ran_keys_.end() || running_.contains(key)) return false;
            outcomes_[index].reason = lost->second;
            return true;
        }
        outcomes_[index].result = std::move(stored->result);
        outcomes_[index].reason = std::move(stored->failure);
        return true;
    }

    bool try_to_start(std::size_t index) {
        const auto& [key, command, configuration] = resolved_[index];
        if (executor_.room() == 0 || running_.contains(key)) return false;
        auto claim = store_.claim(key);
        if (!claim) return false;  // another process runs it
        if (take_stored(index)) return true;
        store_.clear(key);
        if (!configuration.empty()) store_.write_configuration(key, configuration);
        executor_.start({.number = index, .command = command, .log = store_.log(key), .inherit = claim->descriptor()});
        running_.emplace(key, std::move(*claim));
        return true;
    }

    void finish(const JobOutcome& outcome) {
        const std::string& key = resolved_[outcome.number].key;
        std::string& reason = ran_keys_[key];
        // What somebody stopped or killed is no property of the point, so it is not stored and the next sweep tries again.
        if (outcome.signal != 0) {
            reason = fmt::format("killed by signal {} ({})", outcome.signal, strsignal(outcome.signal));
        } else if (outcome.exit_code == static_cast<int>(ExitCode::interrupted)) {
            reason = "stopped before it was done";
        } else if (outcome.exit_code != 0 || !store_.find(key)) {
            reason = outcome.exit_code != 0 ? reason_of(outcome, store_.log(key)) : "left no complete run.json";
            store_.record_failure(key, reason);
        } else {
            store_.tidy(key);
        }
        ++ran_;
        running_.erase(key);
        [[maybe_unused]] const bool known = take_stored(outcome.number);
        announce(outcome.number);
    }

    void announce(std::size_t index) const {
        const PointOutcome& outcome = outcomes_[index];
        const auto known = std::count_if(outcomes_.begin(), outcomes_.end(),
                                         [](const PointOutcome& each) { return each.result || !each.reason.empty(); });
        std::string settings;
        for (const auto& [path, value] : outcome.point.values) settings += fmt::format(" {}={}", path, value);
        options_.progress(
            fmt::format("{}/{}{}{}", known, outcomes_.size(), settings, outcome.result ? "" : ": failed, " + outcome.reason));
    }

    bool stop() {
        executor_.stop_all();
        running_.clear();
        return false;
    }

    Executor& executor_;
    const PointStore& store_;
    const SweepOptions& options_;
    std::vector<PointOutcome> outcomes_;
    std::vector<ResolvedPoint> resolved_;
    std::deque<std::size_t> waiting_;
    std::map<std::string, Claim> running_;
    std::map<std::string, std::string> ran_keys_;  ///< run by this call -> why it failed, empty when it did not
    std::size_t ran_ = 0;
};

}  // namespace

SweepResult run_sweep(Sampler& sampler, Executor& executor, const PointStore& store,
                      const std::function<ResolvedPoint(const Point&)>& resolve, const SweepOptions& options) {
    SweepResult result;
    for (auto points = sampler.next({}); !points.empty() && !result.interrupted; points = sampler.next(result.outcomes)) {
        Batch batch{std::move(points), executor, store, resolve, options};
        result.interrupted = !batch.run();
        result.ran += batch.ran();
        for (PointOutcome& outcome : batch.take()) result.outcomes.push_back(std::move(outcome));
    }
    return result;
}

}  // namespace spikefab
