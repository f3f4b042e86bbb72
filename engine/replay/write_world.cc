// A recorded world as TOML, in the form that recorded_world.h shows.
#include <cmath>
#include <fstream>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "replay/recorded_world.h"

namespace runbook::replay {

namespace fs = std::filesystem;

namespace {

// An answer that is longer goes into a file of its own.
constexpr std::size_t kLongest = 4096;

// JSON's strings and numbers are TOML's, but for the escape of DEL and for numbers beyond 2^63.
std::string scalar(const Value& value) {
  const auto* number = value.as_number();
  const bool wide = number != nullptr && *number == std::trunc(*number) && std::fabs(*number) >= 9007199254740992.0;
  if (wide) return to_json(value) + (to_json(value).find_first_of(".e") == std::string::npos ? ".0" : "");
  if (const auto* text = value.as_text(); text != nullptr && text->find('\x7f') != std::string::npos) {
    std::string out = to_json(value);
    for (std::size_t at = 0; (at = out.find('\x7f', at)) != std::string::npos;) out.replace(at, 1, "\\u007f");
    return out;
  }
  return to_json(value);
}

std::string key_text(const std::string& key) {
  const bool bare =
      !key.empty() &&
      key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  return bare ? key : to_json(Value(key));
}

// On one line, members that are nil left out.
std::string inline_text(const Value& value) {
  std::string out;
  if (const auto* list = value.as_list()) {
    for (const auto& item : *list) out += (out.empty() ? "" : ", ") + inline_text(item);
    return "[" + out + "]";
  }
  if (const auto* map = value.as_map()) {
    for (const auto& [key, member] : *map) {
      if (!member.is_null()) out += (out.empty() ? "" : ", ") + key_text(key) + " = " + inline_text(member);
    }
    return out.empty() ? "{}" : "{ " + out + " }";
  }
  return scalar(value);
}

// A list of tables has a line for each.
std::string member_text(const Value& value) {
  const auto& items = value.items();
  const bool tables = !items.empty() && items.front().as_map() != nullptr;
  if (!tables) return inline_text(value);
  std::string out = "[\n";
  for (const auto& item : items) out += "  " + inline_text(item) + ",\n";
  return out + "]";
}

// TOML has no nil, and bytes that are no text look better in a file of their own.
bool fits_toml(const Value& value) {
  for (const auto& item : value.items()) {
    if (item.is_null() || !fits_toml(item)) return false;
  }
  for (const auto& [key, member] : value.members()) {
    if (!is_utf8(key) || !fits_toml(member)) return false;
  }
  const auto* text = value.as_text();
  return text == nullptr || is_utf8(*text);
}

class Writer {
 public:
  explicit Writer(const RecordedWorld& world) : world_(world), folder_(fs::path(world.file).replace_extension()) {}

  Result<void> write() {
    out_ += "about = " + scalar(world_.about) + "\nnow = " + scalar(utc_text(world_.now_ms)) + "\n";
    texts("inputs", world_.inputs);
    texts("asks", world_.asks);
    for (const auto& [name, target] : world_.inventory.targets()) this->target(target);
    expect();
    RUNBOOK_CHECK(reads("reads", world_.reads));
    for (const auto& after : world_.after) {
      out_ += "\n[[after]]\nchange = " + scalar(after.change) + "\non = " + scalar(after.target) + "\n";
      if (!after.args.members().empty()) out_ += "args = " + inline_text(after.args) + "\n";
      RUNBOOK_CHECK(reads("after.reads", after.reads));
    }
    return save(world_.file, out_);
  }

 private:
  void texts(const std::string& section, const std::map<std::string, std::string>& members) {
    if (members.empty()) return;
    out_ += "\n[" + section + "]\n";
    for (const auto& [key, text] : members) out_ += key_text(key) + " = " + scalar(text) + "\n";
  }

  void target(const safety::Target& target) {
    out_ += "\n[targets." + key_text(target.name) + "]\n";
    const auto entry = run::inventory_entry(target);
    for (const auto& [key, member] : entry.members()) out_ += key_text(key) + " = " + inline_text(member) + "\n";
  }

  void expect() {
    const auto& expect = world_.expect;
    out_ += "\n[expect]\nverdict = ";
    out_ += expect.verdict.size() == 1 ? scalar(expect.verdict.front())
                                       : inline_text(Value::List(expect.verdict.begin(), expect.verdict.end()));
    out_ += "\n";
    if (!expect.mitigation.empty())
      out_ += "mitigation = " + scalar(expect.mitigation) + "\nlevel = " + std::to_string(expect.level) + "\n";
    out_ += "exit = " + std::to_string(expect.exit) + "\n";
  }

  Result<void> reads(const std::string& section, const std::vector<RecordedRead>& all) {
    for (const auto& read : all) {
      for (const auto& answer : read.answers) RUNBOOK_CHECK(this->read(section, read.call, answer));
    }
    return {};
  }

  Result<void> read(const std::string& section, const safety::Call& call, const Answer& answer) {
    out_ += "\n[[" + section + "]]\ncall = " + scalar(call.row) + "\non = " + scalar(call.target) + "\n";
    if (!call.args.members().empty()) out_ += "args = " + inline_text(call.args) + "\n";
    const auto& value = answer.value;
    if (answer.error) {
      out_ += "error = { code = " + scalar(name_of(answer.error->code)) +
              ", message = " + scalar(answer.error->message) + " }\n";
    } else if (value.is_null()) {
      out_ += "nothing = true\n";
    } else if (!fits_toml(value) || to_json(value).size() > kLongest) {
      return read_in_file(call, value);
    } else if (value.members().empty()) {
      out_ += "answer = " + member_text(value) + "\n";
    } else {
      out_ += "[" + section + ".answer]\n";
      for (const auto& [key, member] : value.members()) {
        if (!member.is_null()) out_ += key_text(key) + " = " + member_text(member) + "\n";
      }
    }
    return {};
  }

  Result<void> read_in_file(const safety::Call& call, const Value& answer) {
    const auto name = call.row + "-" + std::to_string(++files_) + ".json";
    std::error_code error;
    fs::create_directories(folder_, error);
    out_ += "answer_file = " + scalar((folder_.filename() / name).string()) + "\n";
    return save(folder_ / name, to_pretty_json(answer) + "\n");
  }

  static Result<void> save(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (out) return {};
    return Error{.code = Code::kStorage, .message = "cannot be written", .where = file.string()};
  }

  const RecordedWorld& world_;
  fs::path folder_;
  std::string out_;
  int files_ = 0;
};

}  // namespace

Result<void> write_world(const RecordedWorld& world) {
  std::error_code error;
  fs::create_directories(world.file.parent_path(), error);
  return Writer(world).write();
}

}  // namespace runbook::replay
