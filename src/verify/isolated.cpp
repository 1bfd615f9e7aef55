// SPDX-License-Identifier: Apache-2.0
// fork, a pipe, and a verdict as JSON.
#include "verify/isolated.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

/// Whatever bytes a message holds.
[[nodiscard]] std::string text_of(const Json& answer) {
    return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[nodiscard]] std::string answer_of(const std::function<Verdict()>& check) {
    try {
        const Verdict verdict = check();
        return text_of({{"outcome", static_cast<int>(verdict.outcome)},
                        {"compared", verdict.compared},
                        {"different", verdict.different},
                        {"note", verdict.note}});
    } catch (const InputError& error) {
        return text_of(Json{{"input_error", error.what()}});
    } catch (const std::exception& error) {
        return text_of(Json{{"error", error.what()}});
    }
}

void write_all(int file, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno != EINTR) return;
        if (count > 0) done += static_cast<std::size_t>(count);
    }
}

[[nodiscard]] std::string read_all(int file) {
    std::string text;
    std::array<char, 4096> part;
    while (true) {
        const ssize_t count = read(file, part.data(), part.size());
        if (count == 0 || (count < 0 && errno != EINTR)) return text;
        if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
    }
}

[[nodiscard]] Verdict verdict_of(const std::string& text) {
    const Json answer = Json::parse(text, nullptr, false);
    if (answer.is_discarded()) throw SimulationError{"the check ended without an answer"};
    if (answer.contains("input_error")) throw InputError{answer.at("input_error").get<std::string>()};
    if (answer.contains("error")) throw SimulationError{answer.at("error").get<std::string>()};
    return {.outcome = static_cast<Verdict::Outcome>(answer.at("outcome").get<int>()),
            .compared = answer.at("compared").get<std::uint64_t>(),
            .different = answer.at("different").get<std::uint64_t>(),
            .note = answer.at("note").get<std::string>()};
}

}  // namespace

Verdict run_isolated(const std::function<Verdict()>& check) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw SimulationError{"cannot make a pipe for a check's own process"};
    const pid_t child = fork();
    if (child < 0) throw SimulationError{"cannot start a process for a check"};
    if (child == 0) {
        close(ends[0]);
        write_all(ends[1], answer_of(check));
        std::_Exit(0);  // what the parent holds is not this process's to end
    }
    close(ends[1]);
    const std::string text = read_all(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFSIGNALED(status))
        throw SimulationError{
            fmt::format("the check was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))};
    return verdict_of(text);
}

}  // namespace spikefab::verify
