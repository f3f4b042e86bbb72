#include "run/selection.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/text.h"

namespace runbook::run {

using safety::Target;

namespace {

constexpr int kDeepest = 50;

using Names = std::set<std::string, std::less<>>;

Names both(const Names& left, const Names& right) {
  Names out;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::inserter(out, out.end()));
  return out;
}

Names without(const Names& left, const Names& right) {
  Names out;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::inserter(out, out.end()));
  return out;
}

bool is_url(std::string_view text) { return text.find("://") != std::string_view::npos; }

// Reads an expression and works it out as it goes, over the targets of one kind.
class Selector {
 public:
  Selector(std::string_view text, std::string_view kind, const Inventory& inventory)
      : text_(text), kind_(kind), inventory_(inventory) {
    for (const auto* target : inventory.of_kind(kind)) all_.insert(target->name);
    advance();
  }

  Result<std::vector<Target>> list() {
    std::vector<Target> out;
    const auto add = [&](const Target& target) {
      const bool there = std::any_of(out.begin(), out.end(), [&](const Target& t) { return t.name == target.name; });
      if (!there) out.push_back(target);
    };
    for (;;) {
      if (is_url(word_)) {
        RUNBOOK_TRY(target, target_from_url(word_, kind_));
        add(target);
        advance();
      } else {
        RUNBOOK_TRY(names, any());
        for (const auto& name : names) add(**inventory_.find(name));
      }
      if (word_.empty()) break;
      if (word_ != ",") return expected("and, or, a comma or the end");
      advance();
    }
    if (!out.empty()) return out;
    return Error{.code = Code::kUsage,
                 .message = "\"" + escaped(text_, 120) + "\" selects no " + std::string(kind_),
                 .next = all_.empty() ? "the inventory has none"
                                      : "there are: " + join(std::vector(all_.begin(), all_.end()), ", ")};
  }

 private:
  Result<Names> any() {
    RUNBOOK_TRY(names, every());
    while (word_ == "or") {
      advance();
      RUNBOOK_TRY(more, every());
      names.merge(more);
    }
    return names;
  }

  Result<Names> every() {
    RUNBOOK_TRY(names, one());
    while (word_ == "and") {
      advance();
      RUNBOOK_TRY(more, one());
      names = both(names, more);
    }
    return names;
  }

  Result<Names> one() {
    if (++depth_ > kDeepest) return expected("fewer parentheses and nots inside each other");
    auto names = nested();
    --depth_;
    return names;
  }

  Result<Names> nested() {
    if (word_ == "not") {
      advance();
      RUNBOOK_TRY(names, one());
      return without(all_, names);
    }
    if (word_ != "(") return term();
    advance();
    RUNBOOK_TRY(names, any());
    if (word_ != ")") return expected("and, or, or a closing parenthesis");
    advance();
    return names;
  }

  Result<Names> term() {
    if (word_.empty() || word_ == ")" || word_ == "," || word_ == "and" || word_ == "or") {
      return expected("a name, tag:…, env:…, kind:…, not or a parenthesis");
    }
    if (is_url(word_)) return expected("no URL inside an expression; it stands alone between commas");
    const auto colon = word_.find(':');
    if (colon == std::string_view::npos) return named();
    const auto value = word_.substr(colon + 1);
    const auto property = word_.substr(0, colon);
    if (property == "tag") return having(value, [](const Target& target) { return target.tags; });
    if (property == "env") return having(value, [](const Target& target) { return std::vector{target.env}; });
    if (property == "kind") return having(value, [](const Target& target) { return std::vector{target.kind}; });
    return expected("tag:, env: or kind:");
  }

  Result<Names> named() {
    const auto found = inventory_.find(word_);
    if (!found) {
      return Error{.code = Code::kUsage, .message = found.error().message + at(), .next = found.error().next};
    }
    if ((*found)->kind != kind_) return wrong_kind(**found);
    advance();
    return Names{(*found)->name};
  }

  // The targets of the wanted kind that have this value, which some target of the inventory must have.
  Result<Names> having(std::string_view value, const std::function<std::vector<std::string>(const Target&)>& values) {
    Names names;
    Names known;
    for (const auto& [name, target] : inventory_.targets()) {
      for (const auto& own : values(target)) {
        if (!own.empty()) known.insert(own);
        if (own == value && target.kind == kind_) names.insert(name);
      }
    }
    if (!known.contains(value)) {
      const std::vector<std::string> list(known.begin(), known.end());
      const auto near = nearest(value, list);
      const auto left_out = inventory_.left_out().size();
      return Error{
          .code = Code::kUsage,
          .message = "no target has " + escaped(word_, 60) + at(),
          .next = list.empty() ? "the inventory knows none"
                  : near.empty()
                      ? "known: " + join(list, ", ") +
                            (left_out == 0 ? "" : "; runbook doctor says which hosts are left out of the inventory")
                      : "did you mean " + near + "?"};
    }
    advance();
    return names;
  }

  [[nodiscard]] Error wrong_kind(const Target& target) const {
    return {.code = Code::kUsage,
            .message = escaped(target.name, 60) + " is a " + target.kind + ", and this input wants a " +
                       std::string(kind_) + at()};
  }

  [[nodiscard]] Error expected(const std::string& what) const {
    return {.code = Code::kUsage,
            .message = "expected " + what + ", got " +
                       (word_.empty() ? std::string("nothing") : "\"" + escaped(word_, 60) + "\"") + at()};
  }

  // Where the word in hand stands; nothing when it is all there is.
  [[nodiscard]] std::string at() const {
    if (word_ == trim(text_)) return {};
    return ", at character " + std::to_string(begin_ + 1) + " of \"" + escaped(text_, 120) + "\"";
  }

  void advance() {
    begin_ = end_;
    while (begin_ < text_.size() && text_[begin_] == ' ') ++begin_;
    end_ = begin_;
    const auto is_sign = [](char c) { return c == '(' || c == ')' || c == ','; };
    if (begin_ < text_.size() && is_sign(text_[begin_])) {
      ++end_;
    } else {
      while (end_ < text_.size() && text_[end_] != ' ' && !is_sign(text_[end_])) ++end_;
    }
    word_ = text_.substr(begin_, end_ - begin_);
  }

  std::string_view text_;
  std::string_view kind_;
  const Inventory& inventory_;
  Names all_;
  std::string_view word_;  // in hand; empty at the end
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<std::vector<Target>> select_targets(std::string_view text, std::string_view kind, const Inventory& inventory) {
  // A name may look like an expression.
  if (const auto found = inventory.find(text); found && (*found)->kind == kind) return std::vector<Target>{**found};
  return Selector(text, kind, inventory).list();
}

}  // namespace runbook::run
