#include "replay/rehearsal.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <set>

#include "base/memory_storage.h"
#include "run/dry_run.h"
#include "run/exit.h"
#include "run/guided.h"

namespace runbook::replay {

namespace {

namespace asio = boost::asio;

// Knows where in the approved plan the rehearsal is: by its records, one at the end of each item.
class Stagehand {
 public:
  void begin(const safety::Plan& plan) {
    plan_ = plan;
    done_ = 0;
    verified_ = plan.fixed_when.checks.empty();
  }

  void note(const safety::Record& record) {
    static const std::set<std::string, std::less<>> ends = {"OUTCOME", "LEFT_OUT", "BARRIER", "MANUAL"};
    if (ends.contains(record.type)) ++done_;
    if (record.type == "VERIFY") verified_ = true;
  }

  [[nodiscard]] Spot spot() const {
    if (!plan_) return {};
    if (done_ < plan_->items.size()) return {.item = &plan_->items[done_]};
    return {.verifying = !verified_};
  }

 private:
  std::optional<safety::Plan> plan_;
  std::size_t done_ = 0;
  bool verified_ = false;
};

// The operator of a rehearsal: takes what is proposed, approves, and does after a failure what the road says.
class Understudy final : public run::Asker {
 public:
  Understudy(const Road& road, std::shared_ptr<Scene> scene, Stagehand& stagehand)
      : road_(road), scene_(std::move(scene)), stagehand_(stagehand) {}

  Task<Result<std::string>> choose(const run::Choice& choice) override {
    const bool offered = std::any_of(choice.options.begin(), choice.options.end(),
                                     [&](const run::Option& option) { return option.id == road_.then; });
    if (offered) co_return road_.then;
    if (!choice.unattended.empty()) co_return choice.unattended;
    co_return Error{.code = Code::kUnasked,
                    .message = "a rehearsal has nobody to ask: " + choice.question,
                    .next = "say it in the world, under [inputs]"};
  }

  Task<Result<Value>> fill(const run::Ask& ask) override {
    if (!ask.fallback.is_null()) co_return ask.fallback;
    co_return Error{.code = Code::kUnasked,
                    .message = "a rehearsal has nobody to ask for " + ask.name + ": " + ask.label,
                    .next = "say it in the world: [asks] \"" + ask.mitigation + "." + ask.name + "\" = …"};
  }

  Task<Result<safety::Approval>> approve(const safety::Plan& plan) override {
    if (road_.before_gate) road_.before_gate(scene_->world, plan);
    stagehand_.begin(plan);
    const safety::Gate gate(plan);
    auto approval = gate.judge(safety::TypedAnswer{.line = gate.wanted(), .reason = "a rehearsal"});
    co_return std::move(*approval);
  }

  Task<Result<std::string>> confirm(const safety::Manual& manual) override {
    co_return road_.sees.empty() ? manual.expects : road_.sees;
  }

 private:
  const Road& road_;
  std::shared_ptr<Scene> scene_;
  Stagehand& stagehand_;
};

class Lines final : public run::Progress {
 public:
  explicit Lines(const Audience& audience) : audience_(audience) {}
  void show(const std::string& /*text*/) override {}
  void warn(const std::string& text) override { say("warning: " + text); }
  void print(std::string_view text) override { say("playbook: " + std::string(text)); }

 private:
  void say(const std::string& text) const {
    if (audience_.line) audience_.line(text);
  }
  const Audience& audience_;
};

run::Config config_for(const Theatre& theatre, const std::filesystem::path& book) {
  auto config = theatre.config;
  config.state = "/rehearsal";
  config.playbooks = {book.parent_path()};
  return config;
}

// The stage of one rehearsal: what a program wires together for a run, without a disk, a network and a clock.
class Stage {
 public:
  Stage(const Theatre& theatre, const RecordedWorld& recording, const std::filesystem::path& book, const Road& road,
        const Audience& audience)
      : theatre_(theatre),
        recording_(recording),
        config_(config_for(theatre, book)),
        scene_(std::make_shared<Scene>(Scene{.world = ReplayedWorld(recording), .detour = {}})),
        asker_(road, scene_, stagehand_),
        lines_(audience),
        storage_(theatre.disk == nullptr ? memory_ : *theatre.disk),
        journal_(safety::Journal::open(storage_, clock_, config_.state)),
        evidence_(storage_, config_.state),
        locks_(storage_, config_.state) {
    clock_.set_wall(recording.now_ms);
    scene_->detour.change = road.change;
    scene_->detour.read = [this, &road](const safety::Call& call) -> std::optional<Error> {
      return road.read ? road.read(call, stagehand_.spot()) : std::nullopt;
    };
    journal_->subscribe([this, &audience](const safety::Record& record) {
      stagehand_.note(record);
      records_.push_back(record);
      if (audience.record) audience.record(record);
    });
  }

  run::World world(std::function<std::unique_ptr<safety::Executor>(run::ExecutorParts)> executor) {
    return {.loop = loop_.get_executor(),
            .clock = clock_,
            .config = config_,
            .inventory = recording_.inventory,
            .secrets = secrets_,
            .journal = *journal_,
            .evidence = evidence_,
            .locks = locks_,
            .reads = theatre_.reads,
            .changes = theatre_.changes,
            .executor = std::move(executor),
            .look_anew = [] {},
            .pause = [this](std::chrono::milliseconds time) { return pass(time); },
            .worker = theatre_.worker,
            .progress = lines_};
  }

  std::unique_ptr<safety::Executor> reads(safety::TargetLookup targets) {
    return replayed_reads(scene_, std::move(targets),
                          [this](std::string_view name) { return safety::row_named(theatre_.reads, name); });
  }

  std::unique_ptr<safety::Executor> live(run::ExecutorParts parts) {
    auto readers = reads(parts.targets);
    return theatre_.live_executor({.parts = std::move(parts),
                                   .reads = std::move(readers),
                                   .appliers = replayed_appliers(scene_, theatre_.changes),
                                   .journal = *journal_,
                                   .evidence = evidence_});
  }

  // Runs the work to its end, and closes the record of the run.
  Result<Rehearsal> carry_through(run::Session& session, Task<Result<run::Ending>> work) {
    std::optional<Result<run::Ending>> ended;
    asio::co_spawn(loop_, std::move(work), [&](const std::exception_ptr& bug, Result<run::Ending> result) {
      if (bug) std::rethrow_exception(bug);
      ended = std::move(result);
      loop_.stop();
    });
    loop_.run();
    if (!*ended && session.title().empty()) return ended->error();
    Rehearsal out;
    out.ending = *ended ? **ended
                        : run::Ending{.status = run::status_of(ended->error()),
                                      .exit = run::exit_of(ended->error()),
                                      .error = ended->error().text()};
    out.ending = session.finish(out.ending);
    out.records = std::move(records_);
    out.asked = scene_->world.asked();
    out.unknown = scene_->world.unknown();
    // Whether a command is allowed is recorded only where it is not.
    std::erase_if(out.unknown, [this](const safety::Call& call) { return is_preflight(call.row); });
    return out;
  }

  [[nodiscard]] run::Asker& asker() { return asker_; }

 private:
  Task<void> pass(std::chrono::milliseconds time) {
    clock_.advance(time);
    co_return;
  }

  [[nodiscard]] bool is_preflight(std::string_view row) const {
    return std::any_of(theatre_.changes.begin(), theatre_.changes.end(),
                       [&](const safety::ChangeRow& change) { return change.preflight == row; });
  }

  asio::io_context loop_{1};
  const Theatre& theatre_;
  const RecordedWorld& recording_;
  run::Config config_;
  ManualClock clock_;
  std::shared_ptr<Scene> scene_;
  Stagehand stagehand_;
  Understudy asker_;
  Lines lines_;
  MemoryStorage memory_;
  const SecretNet secrets_;  // none: what was recorded holds none
  Storage& storage_;
  std::unique_ptr<safety::Journal> journal_;
  safety::EvidenceStore evidence_;
  safety::TargetLocks locks_;
  std::vector<safety::Record> records_;
};

run::Request request_of(const RecordedWorld& recording, const std::filesystem::path& book, std::string mode) {
  return {.book = book.string(), .inputs = recording.inputs, .asks = recording.asks, .mode = std::move(mode)};
}

Task<Result<run::Ending>> look(run::Run& run, run::Asker& asker, std::string mitigation) {
  RUNBOOK_CO_CHECK(co_await run.start(asker));
  RUNBOOK_CO_TRY(done, co_await run::dry_run(run, asker, mitigation));
  co_return done.ending;
}

Task<Result<run::Ending>> change(run::Run& run, run::Asker& asker, std::string mitigation) {
  RUNBOOK_CO_CHECK(co_await run.start(asker));
  co_return co_await run::guided_run(run, asker, mitigation);
}

}  // namespace

Result<Rehearsal> rehearse_looking(const Theatre& theatre, const RecordedWorld& world,
                                   const std::filesystem::path& book, const Road& road, const Audience& audience) {
  Stage stage(theatre, world, book, road, audience);
  auto around = stage.world([&](const run::ExecutorParts& parts) { return stage.reads(parts.targets); });
  run::Run run(around, request_of(world, book, "dry"));
  return stage.carry_through(run.session(), look(run, stage.asker(), world.expect.mitigation));
}

Result<Rehearsal> rehearse_run(const Theatre& theatre, const RecordedWorld& world, const std::filesystem::path& book,
                               const std::string& mitigation, const Road& road, const Audience& audience) {
  Stage stage(theatre, world, book, road, audience);
  auto around = stage.world([&](run::ExecutorParts parts) { return stage.live(std::move(parts)); });
  run::Run run(around, request_of(world, book, "live"));
  return stage.carry_through(run.session(), change(run, stage.asker(), mitigation));
}

}  // namespace runbook::replay
