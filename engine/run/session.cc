#include "run/session.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "run/exit.h"
#include "run/inventory.h"
#include "safety/brief.h"

namespace runbook::run {

namespace {

Value evidence_data(const World& world, const safety::Target* target, const Reading& reading,
                    const std::string& sha256) {
  Value data = reading.call.to_value();
  safety::add_way(data, world.way, target, reading.call.row);
  data["name"] = reading.name;
  data["started"] = utc_text(reading.started.wall_ms);
  data["ms"] = reading.took.count();
  if (reading.result) {
    data["sha256"] = sha256;
    data["bytes"] = to_json(*reading.result).size();
    data["brief"] = escaped(brief(world.read_row(reading.call.row), *reading.result), 100);
  } else {
    const auto& error = reading.result.error();
    data["error"] = Value::Map{{"code", name_of(error.code)}, {"message", error.message}};
    if (!error.next.empty()) data["error"]["next"] = error.next;
  }
  return data;
}

}  // namespace

std::string name_of_lost(const safety::Call& call) { return "lost with it: " + call.row; }

Value targets_value(const std::map<std::string, safety::Target, std::less<>>& targets) {
  Value::Map out;
  for (const auto& [name, target] : targets) out.emplace(name, inventory_entry(target));
  return out;
}

Session::Session(World& world, std::string id)
    : world_(world), id_(id.empty() ? new_run_id(world.clock.now()) : std::move(id)), ledger_(world.clock) {
  engine_.name = engine_.kind = safety::kEngineTarget;
  engine_.look_only = true;
}

void Session::open(std::string title, std::map<std::string, safety::Target, std::less<>> targets) {
  title_ = std::move(title);
  targets_ = std::move(targets);
  executor_ = world_.executor({.run = id_,
                               .targets = [this](std::string_view name) { return target(name); },
                               .ledger = ledger_,
                               .keep = [this](safety::Call call) { return keep(std::move(call)); },
                               .way = world_.way});
}

const safety::Target* Session::target(std::string_view name) const {
  if (name == safety::kEngineTarget) return &engine_;
  const auto found = targets_.find(name);
  return found == targets_.end() ? nullptr : &found->second;
}

bool Session::changeable() const {
  return std::any_of(targets_.begin(), targets_.end(), [](const auto& item) { return !item.second.look_only; });
}

void Session::begin(Value data) {
  const auto rotated = world_.journal.rotate_beyond(world_.config.rotate_at);
  if (!rotated) warn_unrecorded(rotated.error());
  record("RUN_START", std::move(data));
}

void Session::record(std::string_view type, Value data) {
  const auto written = world_.journal.append(id_, type, std::move(data));
  if (!written) warn_unrecorded(written.error());
}

void Session::warn_unrecorded(const Error& error) {
  if (std::exchange(warned_, true)) return;
  world_.progress.warn("NOT RECORDED: " + error.text() + "; looking goes on, changes will be refused");
}

bool Session::store_evidence() {
  const auto stored = world_.evidence.flush();
  if (!stored && !std::exchange(warned_of_evidence_, true)) {
    world_.progress.warn("EVIDENCE NOT STORED: " + stored.error().text() +
                         "; looking goes on, changes will be refused");
  }
  return stored.has_value();
}

std::vector<std::string> Session::store(const std::vector<Reading>& readings) {
  std::vector<std::string> hashes;
  for (const auto& reading : readings) {
    hashes.push_back(reading.result ? world_.evidence.add(to_json(*reading.result)) : std::string());
  }
  return store_evidence() ? hashes : std::vector<std::string>(readings.size());
}

void Session::record_evidence(const std::vector<Reading>& readings) {
  for (const auto& reading : readings) looked_at_.erase(reading.call.target);
  const auto hashes = store(readings);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    record("EVIDENCE", evidence_data(world_, target(readings[i].call.target), readings[i], hashes[i]));
    looked_at_[readings[i].call.target].push_back({.name = readings[i].name, .call = readings[i].call});
    count_as_looked(readings[i], hashes[i]);
  }
}

void Session::count_as_looked(const Reading& reading, const std::string& sha256) {
  const auto& target = reading.call.target;
  const bool kept = !reading.result || !sha256.empty();
  if (kept) {
    ledger_.note(target, reading.started);
  } else {
    unstored_.insert(target);
  }
}

Task<void> Session::look_again_at(std::string target) {
  const auto reads = looked_at_[target];
  for (const auto& read : reads) {
    const auto reading = co_await take(read.name, read.call);
    count_as_looked(reading, record_own(reading));
  }
}

Result<void> Session::may_plan(const std::string& target) const {
  return unstored_.contains(target) ? Result<void>() : ledger_.require_fresh(target);
}

std::string Session::record_own(const Reading& reading) {
  auto hash = store({reading}).front();
  auto data = evidence_data(world_, target(reading.call.target), reading, hash);
  data["own"] = true;
  record("EVIDENCE", std::move(data));
  return hash;
}

Task<Reading> Session::take(const std::string& name, const safety::Call& call) {
  Reading reading{.name = name, .call = call, .started = world_.clock.now(), .result = Value()};
  reading.result = co_await executor_->invoke(call);
  reading.took = age(reading.started, world_.clock.now());
  co_return reading;
}

Task<Result<Value>> Session::read(const std::string& name, const safety::Call& call) {
  const auto reading = co_await take(name, call);
  record_own(reading);
  co_return reading.result;
}

Task<Result<void>> Session::keep(safety::Call call) {
  RUNBOOK_CO_TRY(kept, co_await read(name_of_lost(call), call));
  static_cast<void>(kept);
  co_return world_.evidence.complete();
}

Task<Result<Value>> Session::poll(const std::string& name, const safety::Call& call) {
  const auto reading = co_await take(name, call);
  const auto said = reading.result ? to_json(*reading.result) : reading.result.error().text();
  auto& last = polled_[to_json(call.to_value())];
  if (last != said) record_own(reading);
  last = said;
  co_return reading.result;
}

std::vector<Error> Session::keep_note(const safety::Record& record) const {
  const auto log = world_.journal.fingerprint();
  if (!log) return {log.error()};
  return world_.anchors.keep(
      {.log = *log, .n = record.n, .hash = record.hash, .run = id_, .time = utc_text(record.moment.wall_ms)});
}

void Session::anchor() {
  if (world_.anchors.empty()) return;
  const auto& places = world_.anchors.places();
  // A note must not name a record that a power cut takes away.
  const auto written =
      world_.journal.append_durable(id_, "ANCHOR", Value::Map{{"places", Value::List(places.begin(), places.end())}});
  if (!written) return record("ANCHOR", Value::Map{});  // warns, as for any record
  Value::List lost;
  for (const auto& error : keep_note(*written))
    lost.push_back(Value::Map{{"place", error.where}, {"why", error.message}});
  unanchored_ = !lost.empty();
  if (unanchored_) record("UNANCHORED", Value::Map{{"places", std::move(lost)}});
}

Ending Session::finish(Ending ending) {
  const auto written =
      world_.journal.append_durable(id_, "RUN_END",
                                    Value::Map{{"status", ending.status},
                                               {"exit", ending.exit},
                                               {"error", ending.error},
                                               {"note", ending.note},
                                               {"next", Value::List(ending.next.begin(), ending.next.end())}});
  if (!written && !warned_) world_.progress.warn("NOT RECORDED: " + written.error().text());
  if (const auto complete = world_.journal.complete(); !complete && ending.exit == 0) {
    ending.exit = exit_of(complete.error());
    ending.error = "all went well, but not all of it is in the log: " + complete.error().text();
  }
  if (!written || world_.anchors.empty()) return ending;
  for (const auto& error : keep_note(*written))
    world_.progress.warn("the end of the log is not noted: " + error.text());
  return ending;
}

}  // namespace runbook::run
