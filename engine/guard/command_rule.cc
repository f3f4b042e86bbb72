#include "guard/command_rule.h"

#include <algorithm>

#include "base/text.h"
#include "guard/redis_cli.h"

namespace runbook::guard {

namespace {

using Words = std::span<const std::string>;

// One form, walked along a command. What it returns counts words from the beginning of the command.
class Walk {
 public:
  Walk(const CommandRule& rule, const Kinds& kinds, Words argv) : rule_(rule), kinds_(kinds), argv_(argv) {}

  // Nothing when the whole command was walked, else where it stopped.
  std::optional<std::size_t> along(const std::vector<FormPart>& form) {
    for (const auto& part : form) {
      const bool goes_on = !part.words.empty() ? word(part) : part.kind.empty() ? options() : arguments(part);
      if (!goes_on) return at_;
    }
    return at_ == argv_.size() ? std::nullopt : std::optional(at_);
  }

 private:
  [[nodiscard]] bool more() const { return at_ < argv_.size(); }

  bool word(const FormPart& part) {
    if (!more() || std::find(part.words.begin(), part.words.end(), argv_[at_]) == part.words.end()) return false;
    ++at_;
    return true;
  }

  bool arguments(const FormPart& part) {
    const auto& kind = kinds_.find(part.kind)->second;
    if (kind.redis) {
      const auto rest = argv_.subspan(at_);
      const bool plain = std::all_of(rest.begin(), rest.end(), [](const auto& each) { return escaped(each) == each; });
      if (!plain || !is_redis_question(rest)) return false;
      at_ = argv_.size();
      return true;
    }
    std::size_t taken = 0;
    const bool many = part.mark == '*' || part.mark == '+';
    while (more() && (many || taken == 0) && kind.fits(argv_[at_])) {
      ++at_;
      ++taken;
    }
    return taken > 0 || part.mark == '?' || part.mark == '*';
  }

  // Stops in front of the first word that is none of the rule's options; says no only within one.
  bool options() {
    while (more()) {
      if (rule_.bundle && argv_[at_] == "--") {
        ++at_;
        return true;
      }
      const auto before = at_;
      if (!(rule_.bundle ? option_of_getopt() : option_as_word())) return false;
      if (at_ == before) return true;
    }
    return true;
  }

  bool option_as_word() {
    const auto& here = argv_[at_];
    if (rule_.flags.contains(here)) {
      ++at_;
      return true;
    }
    if (rule_.values.contains(here)) return take_option(here, std::nullopt);
    const auto equals = here.find('=');
    if (here.starts_with("--") && equals != std::string::npos && rule_.values.contains(here.substr(0, equals)))
      return take_option(here.substr(0, equals), std::string_view(here).substr(equals + 1));
    return true;
  }

  bool option_of_getopt() {
    const std::string_view here = argv_[at_];
    if (here.size() < 2 || here[0] != '-') return true;
    if (!here.starts_with("--")) return bundled(here);
    const auto equals = here.find('=');
    const auto name = here.substr(0, equals);
    if (rule_.values.contains(name)) {
      return equals == std::string_view::npos ? take_option(name, std::nullopt)
                                              : take_option(name, here.substr(equals + 1));
    }
    if (!rule_.flags.contains(here)) return false;
    ++at_;
    return true;
  }

  bool bundled(std::string_view letters) {
    for (std::size_t i = 1; i < letters.size(); ++i) {
      const std::string name = {'-', letters[i]};
      if (rule_.flags.contains(name)) continue;
      if (!rule_.values.contains(name)) return false;
      const auto rest = letters.substr(i + 1);
      return take_option(name, rest.empty() ? std::nullopt : std::optional(rest));
    }
    ++at_;
    return true;
  }

  // An option with a value: in the same word, or else the next one.
  bool take_option(std::string_view name, std::optional<std::string_view> within) {
    std::string_view kind = rule_.values.find(name)->second;
    const bool may_be_missing = kind.ends_with('?');
    if (may_be_missing) kind.remove_suffix(1);
    if (within || may_be_missing) {
      if (within && !kinds_.find(kind)->second.fits(*within)) return false;
      ++at_;
      return true;
    }
    if (at_ + 1 >= argv_.size() || !kinds_.find(kind)->second.fits(argv_[at_ + 1])) return false;
    at_ += 2;
    return true;
  }

  const CommandRule& rule_;
  const Kinds& kinds_;
  Words argv_;
  std::size_t at_ = 0;
};

}  // namespace

bool CommandRule::is_of(std::string_view program) const {
  return std::any_of(forms.begin(), forms.end(), [program](const std::vector<FormPart>& form) {
    return std::find(form[0].words.begin(), form[0].words.end(), program) != form[0].words.end();
  });
}

std::optional<std::size_t> CommandRule::stopped_at(Words argv, const Kinds& kinds) const {
  std::size_t furthest = 0;
  for (const auto& form : forms) {
    const auto stopped = Walk(*this, kinds, argv).along(form);
    if (!stopped) return std::nullopt;
    furthest = std::max(furthest, *stopped);
  }
  return furthest;
}

}  // namespace runbook::guard
