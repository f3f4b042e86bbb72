#include "base/redaction/token_shapes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace runbook {

namespace {

struct Shape {
  std::string_view prefix;
  std::size_t least;  // characters behind it
};

// AWS, GitHub, GitLab, Slack, Stripe, Google, Vault, DigitalOcean, npm, PyPI, SendGrid, Docker Hub, OpenAI and others.
constexpr auto kShapes = std::to_array<Shape>(
    {{"AKIA", 16},           {"ASIA", 16},        {"ghp_", 20},   {"gho_", 20},      {"ghu_", 20},     {"ghs_", 20},
     {"ghr_", 20},           {"github_pat_", 20}, {"glpat-", 16}, {"xoxa-", 10},     {"xoxb-", 10},    {"xoxp-", 10},
     {"xoxr-", 10},          {"xoxs-", 10},       {"xapp-", 10},  {"sk_live_", 16},  {"rk_live_", 16}, {"sk_test_", 16},
     {"whsec_", 16},         {"AIza", 35},        {"ya29.", 20},  {"hvs.", 20},      {"hvb.", 20},     {"dop_v1_", 32},
     {"npm_", 30},           {"pypi-", 32},       {"SG.", 32},    {"dckr_pat_", 16}, {"sk-proj-", 20}, {"sk-ant-", 20},
     {"AGE-SECRET-KEY-", 40}});

// Whether some token begins with this letter, and which of them.
constexpr auto kBeginnings = [] {
  std::array<std::uint32_t, 256> out{};
  static_assert(kShapes.size() <= 32);
  for (std::size_t i = 0; i < kShapes.size(); ++i) out[static_cast<unsigned char>(kShapes[i].prefix[0])] |= 1U << i;
  return out;
}();

bool in_token(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::size_t run_of(std::string_view text, std::size_t from) {
  auto at = from;
  while (at < text.size() && in_token(text[at])) ++at;
  return at - from;
}

// Three parts in base64url, of which the first is a JSON object; the last may be empty.
std::size_t jwt_length(std::string_view text) {
  constexpr std::size_t kLeast = 8;
  if (!text.starts_with("eyJ")) return 0;
  const auto head = run_of(text, 0);
  if (head < kLeast || head >= text.size() || text[head] != '.') return 0;
  const auto body = run_of(text, head + 1);
  const auto end = head + 1 + body;
  if (body < kLeast || end >= text.size() || text[end] != '.') return 0;
  return end + 1 + run_of(text, end + 1);
}

// What PostgreSQL keeps of a password: SCRAM-SHA-256$4096:SALT$STORED:SERVER. It can be tried at leisure.
std::size_t scram_length(std::string_view text) {
  constexpr std::string_view kBegin = "SCRAM-SHA-256$";
  constexpr std::size_t kLeast = 60;
  if (!text.starts_with(kBegin)) return 0;
  auto at = kBegin.size();
  while (at < text.size() && (in_token(text[at]) || std::string_view("+/=:$").find(text[at]) != std::string_view::npos))
    ++at;
  return at >= kLeast ? at : 0;
}

}  // namespace

std::size_t token_length(std::string_view text) {
  if (text.empty()) return 0;
  for (auto left = kBeginnings[static_cast<unsigned char>(text.front())]; left != 0; left &= left - 1) {
    const auto& [prefix, least] = kShapes[static_cast<std::size_t>(std::countr_zero(left))];
    if (!text.starts_with(prefix)) continue;
    auto end = prefix.size();
    while (end < text.size() && (in_token(text[end]) || (text[end] == '.' && prefix.ends_with('.')))) ++end;
    const auto behind = text.substr(prefix.size(), end - prefix.size());
    if (behind.size() < least) continue;
    // Of AWS keys all is upper case, and they have one length: ASIAN_CUSTOMERS_2024 is none.
    const bool aws = prefix == "AKIA" || prefix == "ASIA";
    const bool capital = std::all_of(behind.begin(), behind.end(),
                                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    if (!aws || (capital && behind.size() == least)) return end;
  }
  return std::max(jwt_length(text), scram_length(text));
}

}  // namespace runbook
