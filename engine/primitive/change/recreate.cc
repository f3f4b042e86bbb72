// Making a container anew, and putting everything back when that fails.
#include <chrono>

#include "base/json.h"
#include "base/text.h"
#include "net/wait.h"
#include "primitive/change/appliers.h"
#include "primitive/change/create_body.h"
#include "primitive/change/docker_calls.h"
#include "primitive/read/lineage.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using guard::Permit;
using safety::Change;
using safety::Target;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenLooks{200};
constexpr std::chrono::seconds kSteady{3};  // without a health check: it runs so long without beginning anew
constexpr std::size_t kShownOutput = 200;

Error failed(const Target& target, std::string message) {
  return {.code = Code::kRemote, .message = std::move(message), .where = target.name};
}

std::string last_output(const Value& health) {
  const auto& log = health["Log"].items();
  return log.empty() ? std::string() : ": " + escaped(trim(log.back()["Output"].text_or("")), kShownOutput);
}

// Waits until what bears the name is healthy, by docker's own check where there is one. What is wrong; nothing when it
// is well.
Task<Result<std::string>> wait_until_well(Reach& reach, const Target& target, std::chrono::seconds within) {
  const std::string name(safety::container_place(target.url).name);
  const auto began = Clock::now();
  std::string since;  // when this run of it began
  auto steady = began;
  for (;;) {
    RUNBOOK_CO_TRY(inspect, co_await inspect_in_full(reach, target, name));
    const auto& state = std::as_const(inspect)["State"];
    const auto health = state["Health"]["Status"].text_or("none");
    const auto started = std::string(state["StartedAt"].text_or(""));
    if (started != since) steady = Clock::now();
    since = started;
    const bool running = state["Running"].bool_or(false) && !state["Restarting"].bool_or(false);
    if (running && (health == "healthy" || (health == "none" && Clock::now() - steady >= kSteady))) co_return "";
    if (health == "unhealthy") co_return "it is unhealthy" + last_output(state["Health"]);
    const bool over = !running && state["Status"].text_or("") == "exited";
    if (over) co_return "it ended with exit code " + to_json(state["ExitCode"]);
    if (Clock::now() - began >= within)
      co_return "it did not become healthy within " + std::to_string(within.count()) + " s" +
          last_output(state["Health"]);
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
}

// Which of the calls that put things back are called for, as things stand: they are made in their order, and each only
// when what it takes back was done.
class WayBack {
 public:
  WayBack(const Change& change, const Value& state)
      : old_(change.from["current"]), current_(state["current"]), next_(state["next"]), replaced_(state["replaced"]) {}

  [[nodiscard]] bool calls_for(const Argv& words) const {
    const auto& path = words.at(1);
    const auto name = std::string(old_["name"].text_or(""));
    const auto id = std::string(old_["id"].text_or("")).substr(0, safety::kShortId);
    const auto& old = bears() ? current_ : replaced_;
    const bool took_name = current_["replaces"] == old_["id"];
    const bool made = took_name || next_["replaces"] == old_["id"];
    if (path == "/containers/" + name + "/rename?name=" + name + ".next") return took_name;
    if (path.starts_with("/containers/" + name + ".next/stop"))
      return made && (took_name ? current_ : next_)["up"].bool_or(false);
    if (path.starts_with("/containers/" + name + ".next?")) return made;
    if (path == "/containers/" + id + "/rename?name=" + name) return !bears();
    if (path == "/containers/" + id + "/update") return old["restart_policy"] != old_["restart_policy"];
    return path == "/containers/" + id + "/start" && !old["up"].bool_or(false);
  }

 private:
  [[nodiscard]] bool bears() const { return current_["id"] == old_["id"]; }

  const Value& old_;
  const Value& current_;
  const Value& next_;
  const Value& replaced_;
};

Task<Result<void>> put_back(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(state, co_await read_lineage(reach, target));
  const WayBack back(change, state);
  for (auto i = change.calls.size(); i < permit.sends().size(); ++i) {
    const auto& words = permit.sends()[i];
    if (!back.calls_for(words)) continue;
    const auto answer = co_await send_to_docker(reach, target, words, permit);
    if (!answer) co_return answer.error();
  }
  co_return Result<void>();
}

// After a failure that is told: puts things back, and says whether that went well.
Task<Result<void>> give_up(Reach& reach, const Target& target, const Change& change, const Permit& permit,
                           std::string why) {
  const auto back = co_await put_back(reach, target, change, permit);
  if (back) co_return failed(target, why + "; everything was put back, the old container is as it was");
  auto error = failed(target, why + "; putting it back failed, too: " + back.error().message);
  if (back.error().code == Code::kInDoubt) error.code = Code::kInDoubt;
  error.next = "container.lineage shows what stands; runbook undo brings the old one back";
  co_return error;
}

std::string said(const Argv& words) { return words.at(0) + " " + escaped(words.at(1), 100); }

Task<Result<void>> apply_recreate(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  for (std::size_t i = 0; i < change.calls.size(); ++i) {
    const auto& words = permit.sends().at(i);
    const auto answer = co_await send_to_docker(reach, target, words, permit);
    if (answer) continue;
    // Nobody knows what the daemon is still at: nothing more is sent.
    if (answer.error().code == Code::kInDoubt) co_return answer.error();
    auto why = said(words) + ": " + answer.error().message;
    co_return co_await give_up(reach, target, change, permit, std::move(why));
  }
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(60)));
  const auto ill = co_await wait_until_well(reach, target, within);
  if (!ill) co_return Error{.code = Code::kInDoubt, .message = ill.error().message, .where = target.name};
  if (ill->empty()) co_return Result<void>();
  auto why = "the new container does not do: " + *ill;
  co_return co_await give_up(reach, target, change, permit, std::move(why));
}

Task<Result<void>> apply_in_turn(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  for (std::size_t i = 0; i < change.calls.size(); ++i) {
    const auto& words = permit.sends().at(i);
    const auto answer = co_await send_to_docker(reach, target, words, permit);
    if (answer) continue;
    auto error = answer.error();
    if (i > 0)
      error.message = said(words) + ": " + error.message + "; the " + std::to_string(i) + " before it were made";
    co_return error;
  }
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> recreate_appliers(Reach& reach) {
  std::vector<safety::Applier> appliers;
  for (const auto* row : {"container.image", "container.env", "container.recreate"}) {
    appliers.push_back(
        {.row = row,
         .apply = [&reach](const Target& target, const Change& change,
                           const Permit& permit) { return apply_recreate(reach, target, change, permit); },
         .fill = [&reach](const Target& target, const Change& change,
                          const Value& /*word*/) { return create_body(reach, target, change); }});
  }
  appliers.push_back({.row = "container.swap_back",
                      .apply = [&reach](const Target& target, const Change& change, const Permit& permit) {
                        return apply_in_turn(reach, target, change, permit);
                      }});
  return appliers;
}

}  // namespace runbook::primitive
