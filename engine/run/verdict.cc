#include "run/verdict.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::run {

namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string text(const Value& value) { return std::string(value.text_or("")); }

Value link_value(const std::optional<Link>& link) { return link ? link->to_value() : Value(); }

}  // namespace

Verdict verdict_from(const Value& answer, const Playbook& book, const std::vector<std::string>& unread) {
  Verdict verdict{.kind = std::string(answer["verdict"].text_or("unclear")),
                  .text = text(answer["text"]),
                  .next = text(answer["next"]),
                  .link = link_from(answer["link"]),
                  .unread = unread};
  for (const auto& found : answer["findings"].items()) {
    verdict.findings.push_back({.name = text(found["name"]),
                                .text = text(found["text"]),
                                .next = text(found["next"]),
                                .link = link_from(found["link"])});
  }
  if (verdict.kind == "healthy" && !unread.empty()) {
    verdict.kind = "unclear";
    verdict.text = "it looks healthy, but not everything could be read: " + join(unread, ", ");
  }
  if (verdict.kind == "finding" || verdict.kind == "healthy") {
    verdict.ruled_out = book.possible_findings();
    std::erase_if(verdict.ruled_out, [&](const std::string& name) {
      return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                         [&](const Finding& f) { return f.name == name; });
    });
  }
  return verdict;
}

Value verdict_value(const Verdict& verdict) {
  Value::List findings;
  for (const auto& found : verdict.findings) {
    findings.push_back(
        Value::Map{{"name", found.name}, {"text", found.text}, {"next", found.next}, {"link", link_value(found.link)}});
  }
  return Value::Map{{"verdict", verdict.kind},
                    {"text", verdict.text},
                    {"next", verdict.next},
                    {"link", link_value(verdict.link)},
                    {"findings", std::move(findings)},
                    {"ruled_out", Value::List(verdict.ruled_out.begin(), verdict.ruled_out.end())},
                    {"unread", Value::List(verdict.unread.begin(), verdict.unread.end())}};
}

std::vector<Link> links_of(const Verdict& verdict) {
  std::vector<Link> out;
  const auto add = [&](const std::optional<Link>& link) {
    const bool there =
        link && std::any_of(out.begin(), out.end(), [&](const Link& l) { return l.command() == link->command(); });
    if (link && !there) out.push_back(*link);
  };
  for (const auto& found : verdict.findings) add(found.link);
  add(verdict.link);
  return out;
}

Result<void> may_be_used(const Mitigation& mitigation, const Verdict& verdict) {
  RUNBOOK_CHECK(check_needs(mitigation));
  for (const auto& found : verdict.findings) {
    if (!holds(mitigation.not_while, found.name)) continue;
    return Error{.code = Code::kRefused, .message = mitigation.name + " must not be used while there is " + found.name};
  }
  return {};
}

std::vector<const Mitigation*> answers_to(const Playbook& book, const Verdict& verdict) {
  std::vector<const Mitigation*> out;
  if (verdict.findings.empty()) return out;
  for (const auto& mitigation : book.mitigations) {
    if (holds(mitigation.answers, verdict.findings.front().name) && may_be_used(mitigation, verdict)) {
      out.push_back(&mitigation);
    }
  }
  return out;
}

bool called_for(const Mitigation& mitigation, const Verdict& verdict) {
  if (verdict.findings.empty() || !may_be_used(mitigation, verdict)) return false;
  return mitigation.holds_only || holds(mitigation.answers, verdict.findings.front().name);
}

bool nothing_to_do(const Verdict& verdict, const Mitigation* wanted) {
  return verdict.kind == "healthy" && (wanted == nullptr || !wanted->holds_only);
}

std::string nothing_to_do_text(const Mitigation* wanted) {
  return wanted == nullptr ? "" : wanted->name + " was asked for, but all is well: nothing to do";
}

}  // namespace runbook::run
