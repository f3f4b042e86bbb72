#include "run/run_list.h"

#include <map>

#include "base/json.h"
#include "base/text.h"
#include "run/session.h"
#include "safety/chain.h"

namespace runbook::run {

namespace {

constexpr std::size_t kMaxEvents = 64U << 20U;

// What the list needs of a record; null for most of them.
Value event_of(const safety::Record& record) {
  const auto& data = record.data;
  Value event = Value::Map{{"type", record.type}, {"run", record.run}};
  if (record.type == "RUN_START") {
    for (const auto* name : {"playbook", "mode", "incident", "follows", "undoes", "process"}) event[name] = data[name];
    event["operator"] = data["operator"]["user"];
    event["started_ms"] = record.moment.wall_ms;
    return event;
  }
  if (record.type == "RESUME") {
    event["process"] = data["process"];
    return event;
  }
  if (record.type == "RUN_END") {
    event["status"] = data["status"];
    event["exit"] = data["exit"];
    return event;
  }
  return record.type == "OUTCOME" && data["status"].text_or("") == "applied" ? event : Value();
}

class Runs {
 public:
  void take(const Value& event) {
    const std::string run(event["run"].text_or(""));
    const auto type = event["type"].text_or("");
    if (type == "RUN_START") begin(run, event);
    const auto found = runs_.find(run);
    if (found == runs_.end()) return;
    auto& item = found->second.item;
    if (type == "RUN_START" || type == "RESUME") {
      found->second.process = event["process"];
      item["status"] = Value();
      item["exit"] = Value();
    } else if (type == "RUN_END") {
      item["status"] = event["status"];
      item["exit"] = event["exit"];
    } else {
      item["applied"] = std::as_const(item)["applied"].number_or(0) + 1;
    }
  }

  // Asks only of those without an end whether their process is there.
  Value listed() {
    Value::List out;
    for (auto at = order_.size(); at-- > 0;) {
      auto& run = runs_[order_[at]];
      if (std::as_const(run.item)["status"].is_null())
        run.item["status"] = still_runs(run.process) ? "running" : "interrupted";
      out.push_back(std::move(run.item));
    }
    return out;
  }

 private:
  struct Run {
    Value item{};
    Value process{};
  };

  void begin(const std::string& run, const Value& event) {
    Value item = Value::Map{{"run", run}, {"applied", 0}};
    for (const auto* name : {"playbook", "mode", "incident", "follows", "undoes", "operator", "started_ms"})
      item[name] = event[name];
    item["started"] = utc_text(static_cast<std::int64_t>(event["started_ms"].number_or(0)));
    order_.push_back(run);
    runs_[run].item = std::move(item);
  }

  std::map<std::string, Run> runs_;
  std::vector<std::string> order_;  // as they began: ids of one second sort by chance
};

class Reader {
 public:
  Reader(Storage& storage, const std::filesystem::path& state) : storage_(storage), state_(state) {}

  Result<Value> read() {
    RUNBOOK_TRY(folder, safety::list_audit_folder(storage_, state_ / "audit"));
    const auto& logs = folder.logs;
    for (std::size_t i = 0; i < logs.size(); ++i) {
      RUNBOOK_TRY(next, i + 1 < logs.size() ? beginning(logs[i + 1]) : safety::Position());
      RUNBOOK_TRY(events, next.n > 0 ? closed(logs[i], next.hash) : events_in(logs[i]));
      for (const auto& event : events.items()) runs_.take(event);
    }
    return runs_.listed();
  }

 private:
  Result<safety::Position> beginning(const std::string& log) {
    RUNBOOK_TRY(file, storage_.open(state_ / "audit" / log, Storage::Mode::kRead));
    return safety::beginning_of(storage_, file);
  }

  // Of a log whose last record has this hash.
  Result<Value> closed(const std::string& log, const std::string& hash) {
    const auto path = (state_ / "runs" / log).replace_extension(".json");
    if (const auto bytes = read_file(storage_, path, kMaxEvents)) {
      const auto kept = parse_json(*bytes, {.bytes = kMaxEvents});
      if (kept && (*kept)["format"] == Value(1) && (*kept)["hash"].text_or("") == hash) return (*kept)["events"];
    }
    RUNBOOK_TRY(events, events_in(log));
    keep(path, to_json(Value::Map{{"events", events}, {"format", 1}, {"hash", hash}}));
    return events;
  }

  // Who may not write there reads the log the next time, too.
  void keep(const std::filesystem::path& path, const std::string& bytes) {
    const auto made = make_directories(storage_, path.parent_path());
    if (made) static_cast<void>(write_file(storage_, path, bytes));
  }

  Result<Value> events_in(const std::string& log) {
    Value::List events;
    const std::vector<std::string> logs{log};
    RUNBOOK_CHECK(safety::follow_all(
        storage_, state_ / "audit", logs,
        [&](const std::string&, const safety::Record& record, const safety::Position&) -> Result<void> {
          if (auto event = event_of(record); !event.is_null()) events.push_back(std::move(event));
          return {};
        }));
    return Value(std::move(events));
  }

  Storage& storage_;
  std::filesystem::path state_;
  Runs runs_;
};

}  // namespace

Result<Value> list_runs(Storage& storage, const std::filesystem::path& state) { return Reader(storage, state).read(); }

}  // namespace runbook::run
