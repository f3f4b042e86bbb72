#include "base/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>

#include "base/text.h"

namespace runbook {

namespace {

using Kind = YamlNode::Kind;
using Style = YamlNode::Style;

constexpr std::size_t kMostBytes = 1U << 20U;
constexpr int kDeepest = 64;
constexpr int kMostNodes = 50'000;

Error at_line(std::size_t line, const std::string& message) {
  return {Code::kConfig, "line " + std::to_string(line + 1) + ": " + message};
}

// libyaml counts characters, and we want bytes.
std::vector<std::size_t> starts_of_characters(std::string_view text) {
  std::vector<std::size_t> starts;
  const bool marked = text.starts_with("\xef\xbb\xbf");  // a byte order mark is none of them
  for (std::size_t at = marked ? 3 : 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) starts.push_back(at);
  }
  starts.push_back(text.size());
  return starts;
}

Style style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return Style::kSingleQuoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return Style::kDoubleQuoted;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
      return Style::kBlock;
    default:
      return Style::kPlain;
  }
}

std::string tag_of(const yaml_char_t* tag) { return tag == nullptr ? "" : reinterpret_cast<const char*>(tag); }

class Reader {
 public:
  explicit Reader(std::string_view text)
      : starts_(starts_of_characters(text)),
        last_line_(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'))) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<YamlNode> document() {
    RUNBOOK_CHECK(next());  // of the stream
    RUNBOOK_TRY(opening, next());
    if (opening->type == YAML_STREAM_END_EVENT) return Error{Code::kConfig, "there is nothing in it"};
    RUNBOOK_TRY(first, next());
    RUNBOOK_TRY(root, node(*first, 0));
    RUNBOOK_CHECK(next());
    RUNBOOK_TRY(after, next());
    if (after->type != YAML_STREAM_END_EVENT) return at_line(after->start_mark.line, "a second document begins");
    return root;
  }

 private:
  struct Delete {
    void operator()(yaml_event_t* event) const {
      yaml_event_delete(event);
      delete event;
    }
  };
  using Event = std::unique_ptr<yaml_event_t, Delete>;

  Result<Event> next() {
    Event event(new yaml_event_t{});
    if (yaml_parser_parse(&parser_, event.get()) != 0) return event;
    // At the end it speaks of the line behind the last one.
    const auto line = std::max(parser_.problem_mark.line, parser_.context_mark.line);
    return at_line(std::min(line, last_line_), parser_.problem != nullptr ? escaped(parser_.problem, 100) : "no YAML");
  }

  [[nodiscard]] std::size_t byte_of(const yaml_mark_t& mark) const {
    return starts_[std::min(mark.index, starts_.size() - 1)];
  }

  Result<YamlNode> node(const yaml_event_t& event, int depth) {
    if (depth > kDeepest) return at_line(event.start_mark.line, "more than 64 levels deep");
    if (++nodes_ > kMostNodes) return at_line(event.start_mark.line, "more than 50,000 nodes");
    YamlNode out{.begin = byte_of(event.start_mark), .end = byte_of(event.end_mark)};
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        out.text.assign(reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length);
        out.style = style_of(event.data.scalar.style);
        out.anchored = event.data.scalar.anchor != nullptr;
        out.tag = tag_of(event.data.scalar.tag);
        return out;
      case YAML_ALIAS_EVENT:
        out.kind = Kind::kAlias;
        out.text = reinterpret_cast<const char*>(event.data.alias.anchor);
        return out;
      case YAML_MAPPING_START_EVENT:
        out.kind = Kind::kMap;
        out.flow = event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        out.anchored = event.data.mapping_start.anchor != nullptr;
        out.tag = tag_of(event.data.mapping_start.tag);
        RUNBOOK_CHECK(fill_map(out, depth));
        return out;
      case YAML_SEQUENCE_START_EVENT:
        out.kind = Kind::kList;
        out.flow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        out.anchored = event.data.sequence_start.anchor != nullptr;
        out.tag = tag_of(event.data.sequence_start.tag);
        RUNBOOK_CHECK(fill_list(out, depth));
        return out;
      default:
        return at_line(event.start_mark.line, "a value was expected");
    }
  }

  Result<void> fill_map(YamlNode& map, int depth) {
    std::set<std::string> keys;
    for (;;) {
      RUNBOOK_TRY(event, next());
      if (event->type == YAML_MAPPING_END_EVENT) {
        map.end = byte_of(event->end_mark);
        return {};
      }
      RUNBOOK_TRY(key, node(*event, depth + 1));
      if (key.kind != Kind::kScalar) return at_line(event->start_mark.line, "a key that is no text");
      // Merge keys may come twice; of others the readers of this file would each take another one.
      if (!keys.insert(key.text).second && key.text != "<<")
        return at_line(event->start_mark.line, "the key " + escaped(key.text, 60) + " comes twice");
      RUNBOOK_TRY(value_event, next());
      RUNBOOK_TRY(value, node(*value_event, depth + 1));
      map.members.emplace_back(std::move(key), std::move(value));
    }
  }

  Result<void> fill_list(YamlNode& list, int depth) {
    for (;;) {
      RUNBOOK_TRY(event, next());
      if (event->type == YAML_SEQUENCE_END_EVENT) {
        list.end = byte_of(event->end_mark);
        return {};
      }
      RUNBOOK_TRY(item, node(*event, depth + 1));
      list.items.push_back(std::move(item));
    }
  }

  yaml_parser_t parser_{};
  std::vector<std::size_t> starts_;
  std::size_t last_line_;
  int nodes_ = 0;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether no reader of YAML takes it for a number, a boolean, a time or nothing: it begins with a letter, or has one
// that stands in no number (0x1f, 0o17, 1e3, .inf, .nan).
bool is_text_when_plain(std::string_view value) {
  static constexpr auto kWords =
      std::to_array<std::string_view>({"y", "n", "yes", "no", "on", "off", "true", "false", "null"});
  if (std::find(kWords.begin(), kWords.end(), lower(value)) != kWords.end()) return false;
  return is_letter(value.front()) || std::any_of(value.begin(), value.end(), [](char c) {
           return (is_letter(c) && std::string_view("abcdefinox").find(lower({&c, 1})) == std::string_view::npos) ||
                  c == '/';
         });
}

bool may_be_plain(std::string_view value) {
  const bool letters = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/+@:=").find(c) != std::string_view::npos;
  });
  return letters && !value.empty() && value.front() != '-' && value.front() != '@' && value.front() != '=' &&
         value.front() != ':' && value.back() != ':' && is_text_when_plain(value);
}

bool may_be_single_quoted(std::string_view value) { return is_utf8(value) && escaped(value) == value; }

// Line ends of Unicode, which a reader would fold, and the mark of byte order, by their escapes.
constexpr auto kEscapes = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"\xc2\x85", "\\N"}, {"\xe2\x80\xa8", "\\L"}, {"\xe2\x80\xa9", "\\P"}, {"\xef\xbb\xbf", "\\uFEFF"}});

std::string double_quoted(std::string_view value) {
  std::string out = "\"";
  while (!value.empty()) {
    const auto special = std::find_if(kEscapes.begin(), kEscapes.end(),
                                      [&](const auto& escape) { return value.starts_with(escape.first); });
    const auto code = static_cast<unsigned char>(value.front());
    const bool upper_control = value.size() > 1 && code == 0xC2 && static_cast<unsigned char>(value[1]) < 0xA0;
    std::size_t taken = 1;
    if (special != kEscapes.end()) {
      out += special->second;
      taken = special->first.size();
    } else if (upper_control) {
      out += "\\x" + to_hex(value.substr(1, 1));
      taken = 2;
    } else if (code < 0x20 || code == 0x7f) {
      out += "\\x" + to_hex(value.substr(0, 1));
    } else {
      if (code == '"' || code == '\\') out += '\\';
      out += value.front();
    }
    value.remove_prefix(taken);
  }
  return out + '"';
}

std::string single_quoted(std::string_view value) {
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + '\'';
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first.text == key; });
  return found == members.end() ? nullptr : &found->second;
}

Result<YamlNode> parse_yaml(std::string_view text) {
  if (text.size() > kMostBytes) return Error{Code::kConfig, "larger than " + bytes_text(kMostBytes)};
  if (!is_utf8(text)) return Error{Code::kConfig, "no UTF-8"};
  return Reader(text).document();
}

std::string yaml_scalar(std::string_view value, Style style) {
  if (style == Style::kPlain && may_be_plain(value)) return std::string(value);
  if (style == Style::kSingleQuoted && may_be_single_quoted(value)) return single_quoted(value);
  return double_quoted(value);
}

}  // namespace runbook
