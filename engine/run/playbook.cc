#include "run/playbook.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace runbook::run {

namespace {

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.items()) out.emplace_back(item.text_or(""));
  return out;
}

std::string text(const Value& value) { return std::string(value.text_or("")); }

Result<std::chrono::milliseconds> duration(const Value& value, std::chrono::milliseconds fallback) {
  if (value.is_null()) return fallback;
  if (const auto parsed = parse_duration(value.text_or(""))) return *parsed;
  return Error{.code = Code::kProtocol, .message = "the worker sent a duration that is none"};
}

Result<Mitigation> read_mitigation(const Value& value) {
  Mitigation out{.name = text(value["name"]),
                 .answers = texts(value["answers"]),
                 .not_while = texts(value["not_while"]),
                 .needs = texts(value["needs"]),
                 .warning = text(value["warning"]),
                 .asks = texts(value["asks"])};
  RUNBOOK_TRY(within, duration(value["within"], out.within));
  RUNBOOK_TRY(holds, duration(value["holds"], out.holds));
  out.within = within;
  out.holds = holds;
  out.holds_only = text(value["purpose"]) == "hold";
  return out;
}

// The comment lines (---) at the top, in paragraphs.
std::vector<std::string> comment_of(std::string_view source) {
  std::vector<std::string> paragraphs;
  bool inside = false;
  for (const auto line : split(source, '\n')) {
    if (!line.starts_with("---")) {
      if (paragraphs.empty()) continue;
      break;
    }
    const auto words = trim(line.substr(3));
    if (!words.empty() && !inside) paragraphs.emplace_back();
    inside = !words.empty();
    if (!inside) continue;
    auto& paragraph = paragraphs.back();
    paragraph += (paragraph.empty() ? "" : " ") + std::string(words);
  }
  return paragraphs;
}

}  // namespace

const Mitigation* Playbook::mitigation(std::string_view wanted) const {
  const auto found =
      std::find_if(mitigations.begin(), mitigations.end(), [&](const auto& m) { return m.name == wanted; });
  return found == mitigations.end() ? nullptr : &*found;
}

std::vector<std::string> Playbook::possible_findings() const {
  std::set<std::string> out;
  for (const auto& [name, meaning] : findings) out.insert(name);
  for (const auto& mitigation : mitigations) out.insert(mitigation.answers.begin(), mitigation.answers.end());
  return {out.begin(), out.end()};
}

Result<Playbook> playbook_from_shape(const Value& shape, std::string file, std::string_view source) {
  Playbook book;
  book.name = text(shape["name"]);
  if (book.name.empty()) return Error{.code = Code::kProtocol, .message = "the worker sent no playbook", .where = file};
  book.file = std::move(file);
  book.notes = comment_of(source);
  book.summary = text(shape["summary"]);
  if (book.summary.empty() && !book.notes.empty()) {
    book.summary = book.notes.front();
    book.notes.erase(book.notes.begin());
  }
  book.alerts = texts(shape["alerts"]);
  book.severity = text(shape["severity"]);
  book.owner = text(shape["owner"]);
  for (const auto& input : shape["inputs"].items()) {
    book.inputs.push_back({.name = text(input["name"]),
                           .kind = text(input["kind"]),
                           .label = text(input["label"]),
                           .fallback = input["default"],
                           .optional = input["optional"].bool_or(false),
                           .many = input["many"].bool_or(false)});
  }
  for (const auto& [name, meaning] : shape["findings"].members()) book.findings.emplace(name, text(meaning));
  for (const auto& value : shape["mitigations"].items()) {
    RUNBOOK_TRY(mitigation, read_mitigation(value));
    book.mitigations.push_back(std::move(mitigation));
  }
  for (const auto& value : shape["follow_up"].items()) {
    RUNBOOK_TRY(after, duration(value["after"], {}));
    book.follow_up.push_back({.after = after, .text = text(value["text"])});
  }
  if (const auto& watch = shape["watch"]; !watch.is_null()) {
    RUNBOOK_TRY(within, duration(watch["within"], {}));
    book.watch = WatchSpec{.within = within, .note = text(watch["note"])};
  }
  return book;
}

Result<void> check_needs(const Mitigation& mitigation) {
  if (mitigation.lacks.empty()) return {};
  return Error{.code = Code::kUsage,
               .message = mitigation.name + " needs the input " + mitigation.lacks + ", and there is none",
               .next = "give it: -p " + mitigation.lacks + "=…"};
}

Result<const Mitigation*> named_mitigation(const Playbook& book, const std::string& name) {
  if (const auto* found = book.mitigation(name)) {
    RUNBOOK_CHECK(check_needs(*found));
    return found;
  }
  std::vector<std::string> known;
  for (const auto& mitigation : book.mitigations) known.push_back(mitigation.name);
  const auto near = nearest(name, known);
  return Error{.code = Code::kUsage,
               .message = book.name + " has no mitigation " + escaped(name, 40),
               .next = near.empty() ? "it has: " + join(known, ", ") : "did you mean " + near + "?"};
}

Result<void> check_asks(const Playbook& book, const std::map<std::string, std::string>& asks) {
  for (const auto& [key, text] : asks) {
    const auto dot = key.find('.');
    RUNBOOK_TRY(mitigation, named_mitigation(book, key.substr(0, dot)));
    const auto name = key.substr(dot + 1);
    if (std::find(mitigation->asks.begin(), mitigation->asks.end(), name) != mitigation->asks.end()) continue;
    return Error{
        .code = Code::kUsage,
        .message = mitigation->name + " does not ask for " + escaped(name, 40),
        .next = mitigation->asks.empty() ? "it asks for nothing" : "it asks for " + join(mitigation->asks, ", ")};
  }
  return {};
}

}  // namespace runbook::run
