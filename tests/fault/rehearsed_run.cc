#include "rehearsed_run.h"

#include "live/live_executor.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"

namespace runbook::test {

namespace {

std::unique_ptr<safety::Executor> live_executor(run::LiveRequest request) {
  return std::make_unique<live::LiveExecutor>(live::LiveParts{.run = request.parts.run,
                                                              .targets = request.parts.targets,
                                                              .reads = std::move(request.reads),
                                                              .changes = primitive::find_change_row,
                                                              .appliers = std::move(request.appliers),
                                                              .journal = request.journal,
                                                              .evidence = request.evidence,
                                                              .ledger = request.parts.ledger,
                                                              .keep = request.parts.keep});
}

}  // namespace

bool is_promised(const safety::Record& record) {
  return record.n != 0 && (record.type == "INTENT" || record.type == "OUTCOME" || record.type == "RUN_END");
}

DrillRun carry_out(const Drill& drill, Storage& disk, const DrillWatch& watch) {
  const auto book = std::filesystem::path(CATALOGUE) / (drill.book + ".lua");
  const auto world =
      replay::read_world(std::filesystem::path(CATALOGUE) / "worlds" / drill.book / (drill.world + ".toml")).value();
  run::Config config;
  config.rotate_at = drill.rotate_at;
  const replay::Theatre theatre{.config = config,
                                .reads = primitive::read_rows(),
                                .changes = primitive::change_rows(),
                                .live_executor = live_executor,
                                .worker = RUNBOOK_WORKER,
                                .disk = &disk};
  replay::Road road;
  road.change = [&](const safety::Change& change) -> std::optional<Error> {
    if (watch.change) watch.change(change);
    return {};
  };
  std::vector<std::string> lines;
  const replay::Audience audience{.record = watch.record,
                                  .line = [&](const std::string& text) { lines.push_back(text); }};
  auto done = replay::rehearse_run(theatre, world, book, world.expect.mitigation, road, audience);
  return {.rehearsal = std::move(done), .lines = std::move(lines)};
}

std::vector<Step> steps_of(const Drill& drill, RecordingStorage& recording, Storage& disk) {
  std::uint64_t intent = 0;
  const auto run = carry_out(
      drill, disk,
      {.record =
           [&](const safety::Record& record) {
             if (!is_promised(record)) return;
             if (record.type == "INTENT") intent = record.n;
             recording.mark({.kind = Step::Kind::kPromise, .at = record.n, .bytes = record.hash});
           },
       .change = [&](const safety::Change&) { recording.mark({.kind = Step::Kind::kChange, .at = intent}); }});
  if (!run.rehearsal || run.rehearsal->ending.exit != 0) throw std::runtime_error("the drill did not end well");
  return recording.steps();
}

}  // namespace runbook::test
