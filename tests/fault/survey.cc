#include "survey.h"

#include <cstdlib>
#include <functional>

#include "base/hash.h"
#include "base/memory_storage.h"
#include "rehearsed_run.h"
#include "safety/evidence.h"
#include "safety/journal.h"
#include "safety/locks.h"
#include "safety/verify.h"

namespace runbook::test {

namespace {

using safety::Journal;

// A boot later.
ManualClock later() {
  ManualClock clock;
  clock.advance(std::chrono::hours(1));
  return clock;
}

std::optional<std::string> flaw_in_evidence(Storage& storage, const Tree& tree,
                                            const std::vector<safety::Record>& log) {
  for (const auto& [path, bytes] : tree.files) {
    const bool finished = path.parent_path() == kState / "evidence" && !path.filename().string().ends_with(".tmp");
    if (finished && sha256(bytes) != path.filename()) return "evidence under its final name is not complete";
  }
  const safety::EvidenceStore evidence(storage, kState);
  for (const auto& record : log) {
    const auto hash = record.data["sha256"].text_or("");
    if (record.type == "EVIDENCE" && !hash.empty() && !evidence.read(hash))
      return "a record names evidence that is lost";
    if (record.type != "INTENT") continue;
    for (const auto& words : record.data["calls"].items()) {
      for (const auto& word : words.items()) {
        const auto blob = word["$blob"].text_or("");
        if (!blob.empty() && !evidence.read(blob)) return "an INTENT names bytes that are lost";
      }
    }
  }
  return {};
}

std::optional<std::string> flaw_in_log(const std::vector<safety::Record>& log, const Promised& promised) {
  std::map<std::uint64_t, const safety::Record*> by_number;
  for (const auto& record : log) by_number[record.n] = &record;
  for (const auto n : promised.changes) {
    const auto found = by_number.find(n);
    if (found == by_number.end() || found->second->type != "INTENT") return "a change without an INTENT";
  }
  for (const auto& [n, hash] : promised.records) {
    const auto found = by_number.find(n);
    if (found == by_number.end() || found->second->hash != hash) return "a record that was promised is lost";
  }
  return {};
}

// The next run: it opens the log, settles what the crash left, and begins a change of its own.
std::optional<std::string> flaw_in_going_on(Storage& storage, const Clock& clock) {
  const auto journal = Journal::open(storage, clock, kState);
  if (auto writable = journal->writable(); !writable) return "the log is refused: " + writable.error().message;
  if (auto ready = journal->ready_for_changes(); !ready) return "no change may begin: " + ready.error().message;
  if (auto intent = journal->append_intent("next", Value::Map{}); !intent)
    return "no INTENT: " + intent.error().message;
  safety::Holder holder;
  holder.run = "next";
  if (!safety::TargetLocks(storage, kState).take(std::vector<std::string>{"cache-1"}, holder))
    return "the target cannot be locked";
  if (auto sound = safety::verify_audit(storage, kState); !sound)
    return "does not verify afterwards: " + sound.error().message;
  return {};
}

// Tells states apart, with what was promised when they came about.
std::size_t key_of(const Tree& tree, const Promised& promised) {
  std::size_t key = promised.records.size() * 31 + promised.changes.size();
  const auto mix = [&](const std::string& text) { key = key * 1'000'003 + std::hash<std::string>()(text); };
  for (const auto& directory : tree.directories) mix(directory.string());
  for (const auto& [path, bytes] : tree.files) {
    mix(path.string());
    mix(bytes);
  }
  return key;
}

using VisitFates = std::function<void(std::string_view fault, const Disk&, const Disk::Fates&, const Promised&)>;

void each_fate(const std::vector<Step>& steps, const Effort& effort, std::size_t first, const VisitFates& visit) {
  Disk disk;
  Promised promised;
  std::mt19937_64 random(effort.seed);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    disk.take(step);
    if (step.kind == Step::Kind::kPromise) promised.records[step.at] = step.bytes;
    if (step.kind == Step::Kind::kChange) promised.changes.insert(step.at);
    if (i < first) continue;
    disk.each([&](std::string_view fault, const Disk::Fates& fates) { visit(fault, disk, fates, promised); });
    for (std::size_t n = 0; n < effort.mixtures; ++n) visit("a mixture", disk, disk.any(random), promised);
  }
}

// Messages name places and numbers; a tally is by kind.
std::string kind_of(std::string flaw) {
  std::erase_if(flaw, [](char c) { return c >= '0' && c <= '9'; });
  return flaw;
}

}  // namespace

std::optional<std::string> flaw_in(const Tree& tree, const Promised& promised) {
  MemoryStorage storage;
  put_tree(storage, tree);
  // Before the first record is promised there may be no log yet, or one that was begun.
  if (!promised.records.empty()) {
    if (auto sound = safety::verify_audit(storage, kState); !sound) return "does not verify: " + sound.error().message;
  }
  const auto clock = later();
  if (auto flaw = flaw_in_going_on(storage, clock)) return flaw;
  std::vector<safety::Record> log;
  const auto journal = Journal::open(storage, clock, kState);
  if (!journal->for_each([&](const safety::Record& record) { log.push_back(record); }))
    return "cannot be read afterwards";
  if (auto flaw = flaw_in_log(log, promised)) return flaw;
  return flaw_in_evidence(storage, tree, log);
}

Effort effort(std::size_t states) {
  if (std::getenv("RUNBOOK_BUDGET") == nullptr) return {.states = states};
  return {.states = states * 30, .mixtures = 30};
}

void sample(const std::vector<Step>& steps, const Effort& effort, const VisitState& visit, std::size_t first) {
  std::size_t all = 0;
  each_fate(steps, effort, first, [&](std::string_view, const Disk&, const Disk::Fates&, const Promised&) { ++all; });
  const auto one_in = std::max<std::size_t>(1, all / effort.states);
  std::mt19937_64 random(effort.seed);
  std::set<std::size_t> seen;
  each_fate(steps, effort, first,
            [&](std::string_view fault, const Disk& disk, const Disk::Fates& fates, const Promised& promised) {
              if (random() % one_in != 0) return;
              const auto tree = disk.state(fates);
              if (seen.insert(key_of(tree, promised)).second) visit(fault, tree, promised);
            });
}

Survey survey(const std::vector<Step>& steps, const Effort& effort, std::size_t first) {
  Survey out{.points = steps.size() - first};
  sample(
      steps, effort,
      [&](std::string_view fault, const Tree& tree, const Promised& promised) {
        ++out.states[std::string(fault)];
        if (auto flaw = flaw_in(tree, promised)) ++out.flaws[std::string(fault) + ": " + kind_of(*flaw)];
      },
      first);
  return out;
}

NextRun next_run_on(const Tree& tree, const Promised& promised) {
  MemoryStorage memory;
  RecordingStorage recording(memory);
  put_tree(recording, tree);
  for (const auto& [n, hash] : promised.records) {
    recording.mark({.kind = Step::Kind::kPromise, .at = n, .bytes = hash});
  }
  NextRun next{.steps = {}, .first = recording.steps().size()};
  const auto clock = later();
  const auto journal = Journal::open(recording, clock, kState);
  static_cast<void>(journal->append("next", "EVIDENCE", Value::Map{{"padding", std::string(3000, 'x')}}));
  if (const auto intent = journal->append_intent("next", Value::Map{})) {
    recording.mark({.kind = Step::Kind::kPromise, .at = intent->n, .bytes = intent->hash});
    recording.mark({.kind = Step::Kind::kChange, .at = intent->n});
  }
  next.steps = recording.steps();
  return next;
}

}  // namespace runbook::test
