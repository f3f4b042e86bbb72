#include "base/redaction/secret_finder.h"

#include <algorithm>
#include <cstring>

#include "base/redaction/secret_forms.h"

namespace runbook {

namespace {

constexpr std::size_t kWindow = kShortestSecret;
constexpr std::size_t kBlock = 3;
constexpr unsigned kTableBits = 17;

std::size_t slot_of(const char* bytes) {
  const auto byte = [bytes](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  return ((byte(0) | byte(1) << 8U | byte(2) << 16U) * 2654435761U) >> (32U - kTableBits);
}

std::uint64_t beginning_of(const char* bytes) {
  std::uint64_t out = 0;
  static_assert(sizeof out == kWindow);
  std::memcpy(&out, bytes, sizeof out);
  return out;
}

}  // namespace

SecretFinder::SecretFinder(std::vector<Form> forms) : forms_(std::move(forms)) {
  if (forms_.empty()) return;
  std::stable_sort(forms_.begin(), forms_.end());
  jumps_.assign(std::size_t{1} << kTableBits, kWindow - kBlock + 1);
  for (std::uint32_t i = 0; i < forms_.size(); ++i) {
    const auto& bytes = forms_[i].bytes;
    longest_ = std::max(longest_, bytes.size());
    by_beginning_[beginning_of(bytes.data())].push_back(i);
    for (std::size_t at = 0; at + kBlock <= kWindow; ++at) {
      auto& jump = jumps_[slot_of(bytes.data() + at)];
      jump = std::min(jump, static_cast<std::uint8_t>(kWindow - kBlock - at));
    }
  }
}

const SecretFinder::Form* SecretFinder::longest_at(std::string_view text, std::size_t at) const {
  const auto rest = text.substr(at);
  if (rest.size() < kWindow || jumps_[slot_of(rest.data() + kWindow - kBlock)] != 0) return nullptr;
  const auto candidates = by_beginning_.find(beginning_of(rest.data()));
  if (candidates == by_beginning_.end()) return nullptr;
  const Form* longest = nullptr;
  for (const auto i : candidates->second) {
    const auto& form = forms_[i];
    if (rest.starts_with(form.bytes) && (longest == nullptr || form.bytes.size() > longest->bytes.size()))
      longest = &form;
  }
  return longest;
}

std::optional<SecretFinder::Found> SecretFinder::find(std::string_view text, std::size_t from) const {
  if (forms_.empty()) return std::nullopt;
  for (auto at = from; at + kWindow <= text.size();) {
    if (const auto jump = jumps_[slot_of(text.data() + at + kWindow - kBlock)]; jump != 0) {
      at += jump;
      continue;
    }
    const auto* form = longest_at(text, at);
    if (form == nullptr) {
      ++at;
      continue;
    }
    Found found{.begin = at, .end = at + form->bytes.size(), .secret = form->secret};
    for (++at; at < found.end; ++at) {
      if (const auto* more = longest_at(text, at)) found.end = std::max(found.end, at + more->bytes.size());
    }
    return found;
  }
  return std::nullopt;
}

// A form that begins so and goes on.
const SecretFinder::Form* SecretFinder::longer_than(std::string_view beginning) const {
  const auto form = std::upper_bound(forms_.begin(), forms_.end(), beginning,
                                     [](std::string_view wanted, const Form& f) { return wanted < f.bytes; });
  return form != forms_.end() && form->bytes.starts_with(beginning) ? &*form : nullptr;
}

std::size_t SecretFinder::first_open(std::string_view text, std::size_t from) const {
  return std::max(from, text.size() - std::min(text.size(), longest_ - std::min<std::size_t>(longest_, 1)));
}

std::optional<SecretFinder::Begun> SecretFinder::begun(std::string_view text, std::size_t from) const {
  for (auto at = first_open(text, from); at < text.size(); ++at) {
    if (const auto* form = longer_than(text.substr(at))) return Begun{.at = at, .secret = form->secret};
  }
  return std::nullopt;
}

std::optional<SecretFinder::Begun> SecretFinder::cut_off(std::string_view text, std::size_t from) const {
  for (auto at = first_open(text, from); at + kShortestSecret <= text.size(); ++at) {
    const auto* form = longer_than(text.substr(at));
    if (form != nullptr && (text.size() - at) * 2 >= form->bytes.size()) return Begun{.at = at, .secret = form->secret};
  }
  return std::nullopt;
}

}  // namespace runbook
