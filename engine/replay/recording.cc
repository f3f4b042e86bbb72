#include "replay/recording.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/json.h"
#include "run/toml.h"

namespace runbook::replay {

namespace {

constexpr std::string_view kFindingless[] = {"healthy", "unfit", "unclear"};

Result<Answer> answer_in(const Value& data, const safety::EvidenceStore& evidence) {
  if (const auto& error = data["error"]; !error.is_null()) {
    return Answer{.error = Error{.code = code_named(error["code"].text_or("")).value_or(Code::kRemote),
                                 .message = std::string(error["message"].text_or(""))}};
  }
  RUNBOOK_TRY(bytes, evidence.read(data["sha256"].text_or("")));
  RUNBOOK_TRY(value, parse_json(bytes));
  return Answer{.value = std::move(value)};
}

bool same(const Answer& a, const Answer& b) {
  return a.error.has_value() == b.error.has_value() && a.value == b.value &&
         (!a.error || (a.error->code == b.error->code && a.error->message == b.error->message));
}

void add(std::vector<RecordedRead>& reads, const safety::Call& call, Answer answer) {
  const auto known = std::find_if(reads.begin(), reads.end(), [&](const auto& read) { return read.call == call; });
  if (known == reads.end()) {
    reads.push_back({.call = call, .answers = {std::move(answer)}});
  } else if (!same(known->answers.back(), answer)) {
    known->answers.push_back(std::move(answer));
  }
}

// The targets of a run, without what they say of targets that it was not given: a world has no others.
Value among_themselves(const Value& targets) {
  Value::Map out;
  for (const auto& [name, target] : targets.members()) {
    Value::Map members = target.members();
    Value::List uses;
    for (const auto& used : target["uses"].items()) {
      if (targets.members().contains(used.text_or(""))) uses.push_back(used);
    }
    if (uses.empty()) members.erase("uses");
    if (!uses.empty()) members["uses"] = std::move(uses);
    if (!targets.members().contains(target["container"].text_or(""))) members.erase("container");
    out.emplace(name, std::move(members));
  }
  return out;
}

class Recording {
 public:
  Recording(const safety::EvidenceStore& evidence, const std::filesystem::path& file) : evidence_(evidence) {
    world_.file = file;
    world_.name = file.stem().string();
  }

  Result<RecordedWorld> of(std::span<const safety::Record> records) {
    for (const auto& record : records) {
      if (done_) break;
      RUNBOOK_CHECK(take(record));
    }
    if (world_.expect.mitigation.empty() && !plans_.empty()) take_plan(plans_.front());
    if (world_.now_ms == 0) return Error{.code = Code::kUsage, .message = "is no run of a playbook"};
    return std::move(world_);
  }

 private:
  Result<void> take(const safety::Record& record) {
    const auto& data = record.data;
    if (record.type == "RUN_START") return start(record);
    if (record.type == "RESUME")
      return Error{.code = Code::kUsage,
                   .message = "was interrupted and resumed: what it read before and after is no one world",
                   .next = "record a run that went through"};
    if (record.type == "EVIDENCE") return read(data);
    if (record.type == "VERDICT" && world_.expect.verdict.empty()) verdict(data);
    if (record.type == "PLAN") plans_.push_back(data);
    if (record.type == "GATE" && world_.expect.mitigation.empty() && !plans_.empty()) take_plan(plans_.back());
    if (record.type == "INTENT") intents_[record.n] = data;
    if (record.type == "INTENT" && data["undoes"].number_or(0) != 0) done_ = true;
    if (record.type == "OUTCOME" && data["status"].text_or("") == "applied") applied(data);
    return {};
  }

  Result<void> start(const safety::Record& record) {
    const auto& data = record.data;
    if (data["inputs"].is_null() || data["targets"].is_null()) return {};
    world_.now_ms = record.moment.wall_ms;
    world_.about = "recorded from run " + record.run + " of " + std::string(data["playbook"].text_or(""));
    for (const auto& [name, value] : data["inputs"].members()) {
      const bool left_out = value.is_null() || (value.as_list() != nullptr && value.items().empty());
      if (!left_out) world_.inputs[name] = as_given(value);
    }
    run::Document document{
        .file = world_.file, .root = Value::Map{{"targets", among_themselves(data["targets"])}}, .lines = {}};
    for (const auto& [name, target] : data["targets"].members()) {
      const auto secret = target["password"]["secret"].text_or("");
      if (!secret.empty()) document.root["secrets"][secret] = "env:" + std::string(secret);
    }
    RUNBOOK_TRY(inventory, run::Inventory::from_document(document));
    world_.inventory = std::move(inventory);
    return {};
  }

  // As -p takes it.
  static std::string as_given(const Value& value) {
    if (const auto* text = value.as_text()) return *text;
    std::string out;
    for (const auto& item : value.items()) out += (out.empty() ? "" : ",") + as_given(item);
    return value.as_list() != nullptr ? out : to_json(value);
  }

  Result<void> read(const Value& data) {
    const auto call = safety::Call::from_value(data);
    RUNBOOK_TRY(answer, answer_in(data, evidence_));
    add(world_.after.empty() ? world_.reads : world_.after.back().reads, call, std::move(answer));
    return {};
  }

  void verdict(const Value& data) {
    const auto kind = data["verdict"].text_or("");
    const bool findingless =
        std::find(std::begin(kFindingless), std::end(kFindingless), kind) != std::end(kFindingless);
    if (findingless) world_.expect.verdict.emplace_back(kind);
    for (const auto& found : data["findings"].items()) world_.expect.verdict.emplace_back(found["name"].text_or(""));
  }

  // The plan that was approved; of a run without a gate, the first that was made.
  void take_plan(const Value& plan) {
    world_.expect.mitigation = plan["mitigation"].text_or("");
    for (const auto& [name, value] : plan["chosen"].members())
      world_.asks[world_.expect.mitigation + "." + name] = as_given(value);
  }

  void applied(const Value& data) {
    const auto& intent = intents_[static_cast<std::uint64_t>(data["intent"].number_or(0))];
    world_.after.push_back({.change = std::string(intent["row"].text_or("")),
                            .target = std::string(intent["target"].text_or("")),
                            .args = intent["args"]});
  }

  const safety::EvidenceStore& evidence_;
  RecordedWorld world_;
  std::vector<Value> plans_;
  std::map<std::uint64_t, Value> intents_;
  bool done_ = false;  // an undo began: what follows is not how the mitigation goes
};

}  // namespace

Result<RecordedWorld> world_of_run(std::span<const safety::Record> records, const safety::EvidenceStore& evidence,
                                   const std::filesystem::path& file) {
  return Recording(evidence, file).of(records);
}

}  // namespace runbook::replay
