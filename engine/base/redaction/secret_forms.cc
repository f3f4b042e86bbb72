#include "base/redaction/secret_forms.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace runbook {

namespace {

using Forms = std::set<std::string>;

constexpr std::string_view kUnreserved = "-._~";

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string out;
  for (std::size_t at = 0;;) {
    const auto next = text.find(what, at);
    out += text.substr(at, next - at);
    if (next == std::string_view::npos) return out;
    out += with;
    at = next + what.size();
  }
}

std::string upper_digits(std::string hex) {
  for (auto& c : hex) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return hex;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string json_text(std::string_view text) {
  const auto quoted = to_json(Value(text));
  return quoted.starts_with('"') ? quoted.substr(1, quoted.size() - 2) : std::string();  // else no UTF-8
}

// Everything beyond ASCII as \uXXXX.
std::string ascii_json(std::string_view json, bool upper) {
  std::string out;
  const auto unit = [&](std::uint32_t code) {
    const std::array bytes = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    const auto hex = to_hex({bytes.data(), bytes.size()});
    out += "\\u" + (upper ? upper_digits(hex) : hex);
  };
  for (std::size_t i = 0; i < json.size();) {
    const auto lead = static_cast<unsigned char>(json[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1) {
      out += json[i++];
      continue;
    }
    std::uint32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) code = (code << 6U) | (static_cast<unsigned char>(json[i + k]) & 0x3FU);
    i += length;
    if (code >= 0x10000) {
      unit(0xD800U + ((code - 0x10000) >> 10U));
      code = 0xDC00U + ((code - 0x10000) & 0x3FFU);
    }
    unit(code);
  }
  return out;
}

void add_json(std::string_view text, Forms& forms) {
  const auto json = json_text(text);
  for (const auto& form : {json, ascii_json(json, false), ascii_json(json, true)}) {
    forms.insert(form);
    forms.insert(replaced(form, "/", "\\/"));
    forms.insert(json_text(form));
  }
}

std::string url_text(std::string_view text, std::string_view kept, bool upper) {
  std::string out;
  for (const char& c : text) {
    const auto hex = to_hex({&c, 1});
    const bool as_it_is =
        is_alphanumeric(c) || kUnreserved.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos;
    out += as_it_is ? std::string(1, c) : "%" + (upper ? upper_digits(hex) : hex);
  }
  return out;
}

void add_urls(std::string_view text, Forms& forms) {
  for (const std::string_view kept : {"", "/", "!'()*", "!$&'()*+,;=", "!$&'()*+,;=:", "!$&'()*+,;=:@/?"}) {
    for (const bool upper : {true, false}) {
      const auto url = url_text(text, kept, upper);
      forms.insert(url);
      forms.insert(replaced(url, "%20", "+"));
      forms.insert(replaced(url, "%", "%25"));
    }
  }
}

// What is the same wherever the secret stands in the encoded bytes: the outermost characters mix with what is around.
void add_base64(std::string_view text, Forms& forms) {
  for (std::size_t before = 0; before < 3; ++before) {
    const auto encoded = to_base64(std::string(before, '\0') + std::string(text));
    const auto first = (before * 8 + 5) / 6;
    const auto end = (before + text.size()) * 8 / 6;
    const auto form = encoded.substr(first, end - first);
    forms.insert(form);
    forms.insert(replaced(replaced(form, "+", "-"), "/", "_"));
  }
}

void add_hex(std::string_view text, Forms& forms) {
  const auto hex = to_hex(text);
  for (const std::string_view between : {"", ":", " "}) {
    std::string form;
    for (std::size_t i = 0; i < hex.size(); i += 2) form += (i == 0 ? "" : std::string(between)) + hex.substr(i, 2);
    forms.insert(form);
    forms.insert(upper_digits(form));
  }
}

void add_shell(std::string_view text, Forms& forms) {
  forms.insert(replaced(text, "'", "'\\''"));
  forms.insert(replaced(text, "'", "'\"'\"'"));
  forms.insert(replaced(text, "'", "\\'"));
  std::string in_quotes;
  std::string bare;
  for (const char c : text) {
    const bool plain = is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80;
    in_quotes += (std::string_view("\\\"$`").find(c) != std::string_view::npos ? "\\" : "") + std::string(1, c);
    bare += (plain || std::string_view("-_./:@%+=").find(c) != std::string_view::npos ? "" : "\\") + std::string(1, c);
  }
  forms.insert(in_quotes);
  forms.insert(bare);
}

void add_html(std::string_view text, Forms& forms) {
  const auto common = replaced(replaced(replaced(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
  forms.insert(common);
  for (const std::string_view quote : {"&quot;", "&#34;"}) {
    for (const std::string_view apostrophe : {"'", "&#39;", "&#x27;", "&apos;"})
      forms.insert(replaced(replaced(common, "\"", quote), "'", apostrophe));
  }
}

void add_forms(std::string_view text, Forms& forms) {
  forms.emplace(text);
  forms.insert(escaped(text));
  add_json(text, forms);
  add_urls(text, forms);
  add_base64(text, forms);
  add_hex(text, forms);
  add_shell(text, forms);
  add_html(text, forms);
}

}  // namespace

std::vector<std::string> forms_of(std::string_view secret) {
  Forms forms;
  add_forms(secret, forms);
  if (secret.find('\n') != std::string_view::npos) {
    for (const auto line : split(secret, '\n')) {
      const auto piece = trim(line);
      // The first and last line of a PEM block are nobody's secret.
      if (piece.size() >= kShortestSecret && !piece.starts_with("-----")) add_forms(piece, forms);
    }
  }
  std::erase_if(forms, [](const auto& form) { return form.size() < kShortestSecret; });
  return {forms.begin(), forms.end()};
}

}  // namespace runbook
