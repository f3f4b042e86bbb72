#include "replay/recorded_world.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "run/toml.h"

namespace runbook::replay {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestAnswer = 16U << 20U;

// A place in a document: its members, and how errors name it.
struct Part {
  const run::Document& document;
  std::string path;
  const Value& value;

  [[nodiscard]] std::string inside(std::string_view key) const {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
  }
  [[nodiscard]] Part part(std::string_view key) const { return {document, inside(key), value[key]}; }
  [[nodiscard]] Error wrong(std::string_view key, std::string message, std::string next = {}) const {
    return {.code = Code::kConfig,
            .message = std::move(message),
            .where = document.where(key.empty() ? path : inside(key)),
            .next = std::move(next)};
  }
  [[nodiscard]] Result<void> only(const std::vector<std::string>& known) const {
    for (const auto& [key, member] : value.members()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const auto near = nearest(key, known);
      return wrong(key, "a recorded world has no " + escaped(key, 40) + " here",
                   near.empty() ? "known: " + join(known, ", ") : "did you mean " + near + "?");
    }
    return {};
  }
  [[nodiscard]] Result<std::string> text(std::string_view key) const {
    if (const auto* text = value[key].as_text()) return *text;
    if (!value.members().contains(key)) return wrong("", std::string(key) + " is missing: a text");
    return wrong(key, std::string(key) + " wants a text, in quotes");
  }
  /// A whole number from 0; `fallback` where there is none.
  [[nodiscard]] Result<int> whole(std::string_view key, int fallback) const {
    if (!value.members().contains(key)) return fallback;
    const auto* number = value[key].as_number();
    if (number != nullptr && *number >= 0 && *number < 256 && *number == static_cast<int>(*number))
      return static_cast<int>(*number);
    return wrong(key, std::string(key) + " wants a whole number from 0 to 255, without quotes");
  }
};

std::vector<std::string> code_names() {
  std::vector<std::string> names;
  for (int number = 0; number <= static_cast<int>(Code::kInternal); ++number)
    names.emplace_back(name_of(static_cast<Code>(number)));
  return names;
}

// "2026-11-20T23:31:07Z", with or without milliseconds.
std::optional<std::int64_t> parse_time(const std::string& text) {
  std::tm utc{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return {};
  int millis = 0;
  const std::string tail(rest);
  if (tail.size() == 5 && tail.front() == '.') millis = std::atoi(tail.substr(1, 3).c_str());
  if (tail != "Z" && !(tail.size() == 5 && tail.back() == 'Z')) return {};
  return std::int64_t{timegm(&utc)} * 1000 + millis;
}

Result<Value> read_answer_file(const Part& part, const std::string& name) {
  const fs::path inside = fs::path(name).lexically_normal();
  if (inside.is_absolute() || inside.empty() || *inside.begin() == "..")
    return part.wrong("answer_file", "answer_file is a path below the folder of the world");
  const auto path = part.document.file.parent_path() / inside;
  const auto shown = escaped(path.string(), 200);
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kLargestAnswer)
    return part.wrong("answer_file", error ? "there is no " + shown : shown + " is larger than 16 MiB");
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  auto value = parse_json(text);
  if (!value) return part.wrong("answer_file", shown + ": " + value.error().message);
  return value;
}

Result<Answer> answer_of(const Part& part) {
  static const std::vector<std::string> kForms = {"answer", "answer_file", "error", "nothing"};
  const auto given = std::count_if(kForms.begin(), kForms.end(),
                                   [&](const auto& form) { return part.value.members().contains(form); });
  if (given != 1)
    return part.wrong("", "a read has exactly one of " + join(kForms, ", ") + ", got " + std::to_string(given));
  if (part.value.members().contains("answer")) {
    // Bytes that are no text stand there as {"$base64" = "…"}.
    RUNBOOK_TRY(value, parse_json(to_json(part.value["answer"])));
    return Answer{.value = std::move(value)};
  }
  if (part.value["nothing"].bool_or(false)) return Answer{};
  if (part.value.members().contains("answer_file")) {
    RUNBOOK_TRY(name, part.text("answer_file"));
    RUNBOOK_TRY(value, read_answer_file(part, name));
    return Answer{.value = std::move(value)};
  }
  const auto error = part.part("error");
  RUNBOOK_CHECK(error.only({"code", "message"}));
  RUNBOOK_TRY(code, error.text("code"));
  RUNBOOK_TRY(message, error.text("message"));
  const auto known = code_named(code);
  if (!known) {
    const auto near = nearest(code, code_names());
    return error.wrong("code", "there is no error code " + escaped(code, 40),
                       near.empty() ? "known: " + join(code_names(), ", ") : "did you mean " + near + "?");
  }
  return Answer{.error = Error{.code = *known, .message = message}};
}

Result<std::string> target_of(const Part& part, const run::Inventory& inventory) {
  RUNBOOK_TRY(name, part.text("on"));
  if (name == safety::kEngineTarget) return name;
  if (const auto found = inventory.find(name); !found)
    return part.wrong("on", "this world has no target " + escaped(name, 60),
                      "declare it: [targets." + escaped(name, 60) + "]");
  return name;
}

Value args_of(const Value& value) { return value["args"].as_map() != nullptr ? value["args"] : Value(Value::Map{}); }

Result<std::vector<RecordedRead>> reads_of(const Part& world, const run::Inventory& inventory) {
  std::vector<RecordedRead> reads;
  const auto list = world.part("reads");
  for (std::size_t i = 0; i < list.value.items().size(); ++i) {
    const Part part{world.document, list.inside(std::to_string(i + 1)), list.value.items()[i]};
    RUNBOOK_CHECK(part.only({"call", "on", "args", "answer", "answer_file", "error", "nothing"}));
    RUNBOOK_TRY(row, part.text("call"));
    RUNBOOK_TRY(target, target_of(part, inventory));
    RUNBOOK_TRY(answer, answer_of(part));
    const safety::Call call{.row = row, .target = target, .args = args_of(part.value)};
    const auto same = std::find_if(reads.begin(), reads.end(), [&](const auto& read) { return read.call == call; });
    if (same == reads.end()) {
      reads.push_back({.call = call, .answers = {answer}});
    } else {
      same->answers.push_back(answer);
    }
  }
  return reads;
}

// The targets as an inventory has them. Their secrets are never asked for, so that they need no place to come from.
Result<run::Inventory> inventory_of(const run::Document& document) {
  run::Document part{.file = document.file, .root = Value::Map{}, .lines = document.lines};
  const auto& targets = std::as_const(document.root)["targets"];
  part.root["targets"] = targets;
  for (const auto& [name, target] : targets.members()) {
    const auto secret = target["password"]["secret"].text_or("");
    if (!secret.empty()) part.root["secrets"][secret] = "env:" + std::string(secret);
  }
  return run::Inventory::from_document(part);
}

Result<std::map<std::string, std::string>> texts_of(const Part& part) {
  std::map<std::string, std::string> out;
  for (const auto& [key, member] : part.value.members()) {
    if (member.as_text() == nullptr) return part.wrong(key, key + " wants a text, as -p gives it");
    out.emplace(key, *member.as_text());
  }
  return out;
}

Result<Expectation> expectation_of(const Part& part) {
  RUNBOOK_CHECK(part.only({"verdict", "mitigation", "level", "exit"}));
  Expectation expect;
  const auto& verdict = part.value["verdict"];
  if (const auto* one = verdict.as_text()) expect.verdict.push_back(*one);
  for (const auto& name : verdict.items()) expect.verdict.emplace_back(name.text_or(""));
  if (expect.verdict.empty()) {
    return part.wrong("", "expect.verdict is missing: a finding, or healthy, unfit, unclear",
                      "a rehearsal is held against [expect]: verdict, exit, and with a mitigation its name and level");
  }
  if (part.value.members().contains("mitigation")) {
    RUNBOOK_TRY(mitigation, part.text("mitigation"));
    expect.mitigation = mitigation;
  }
  RUNBOOK_TRY(level, part.whole("level", 0));
  expect.level = level;
  if (!part.value.members().contains("exit")) return part.wrong("", "expect.exit is missing: the run's exit code");
  RUNBOOK_TRY(exit, part.whole("exit", 0));
  expect.exit = exit;
  return expect;
}

}  // namespace

std::optional<Code> code_named(std::string_view name) {
  for (int number = 0; number <= static_cast<int>(Code::kInternal); ++number) {
    if (name_of(static_cast<Code>(number)) == name) return static_cast<Code>(number);
  }
  return {};
}

std::string key_of(const safety::Call& call) { return to_json(call.to_value()); }

std::vector<fs::path> worlds_of(const fs::path& book) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(book.parent_path() / "worlds" / book.stem(), error)) {
    if (entry.path().extension() == ".toml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<RecordedWorld> read_world(const fs::path& file) {
  RUNBOOK_TRY(document, run::read_toml(file));
  return world_from(document);
}

Result<RecordedWorld> world_from(const run::Document& document) {
  const Part root{document, "", document.root};
  RUNBOOK_CHECK(root.only({"about", "now", "inputs", "asks", "targets", "expect", "reads", "after"}));
  RecordedWorld world{.name = document.file.stem().string(), .file = document.file};
  world.about = root.value["about"].text_or("");
  const auto now = root.value["now"].text_or("");
  const auto time = parse_time(std::string(now));
  if (!time)
    return root.wrong(now.empty() ? "" : "now", "now wants the time when the run begins: \"2026-11-20T23:31:07Z\"");
  world.now_ms = *time;
  RUNBOOK_TRY(inventory, inventory_of(document));
  world.inventory = inventory;
  RUNBOOK_TRY(inputs, texts_of(root.part("inputs")));
  world.inputs = inputs;
  RUNBOOK_TRY(asks, texts_of(root.part("asks")));
  world.asks = asks;
  RUNBOOK_TRY(expect, expectation_of(root.part("expect")));
  world.expect = expect;
  RUNBOOK_TRY(reads, reads_of(root, world.inventory));
  world.reads = reads;
  const auto list = root.part("after");
  for (std::size_t i = 0; i < list.value.items().size(); ++i) {
    const Part part{document, list.inside(std::to_string(i + 1)), list.value.items()[i]};
    RUNBOOK_CHECK(part.only({"change", "on", "args", "reads"}));
    RUNBOOK_TRY(row, part.text("change"));
    RUNBOOK_TRY(target, target_of(part, world.inventory));
    RUNBOOK_TRY(later, reads_of(part, world.inventory));
    world.after.push_back({.change = row, .target = target, .args = args_of(part.value), .reads = later});
  }
  return world;
}

}  // namespace runbook::replay
