#include "net/resp.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace runbook::net {

namespace {

Error malformed(std::string_view line) {
  return {Code::kProtocol, "this is no Redis reply: \"" + escaped(line, 60) + "\""};
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> parse_double(std::string_view text) {
  if (text == "nan" || text == "-nan") return std::numeric_limits<double>::quiet_NaN();
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_digits(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Kind of an aggregate and how many elements one of its count stands for; nothing for a mark that opens none.
std::optional<std::pair<Reply::Kind, std::size_t>> aggregate_of(char mark) {
  switch (mark) {
    case '*':
      return {{Reply::Kind::kArray, 1}};
    case '~':
      return {{Reply::Kind::kSet, 1}};
    case '>':
      return {{Reply::Kind::kPush, 1}};
    case '%':
    case '|':
      return {{Reply::Kind::kMap, 2}};
    default:
      return std::nullopt;
  }
}

}  // namespace

void ReplyParser::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  searched_ -= std::min(searched_, at_);
  at_ = 0;
  buffer_ += bytes;
}

void ReplyParser::consume(std::size_t bytes) {
  at_ += bytes;
  bytes_ += bytes;
  searched_ = at_;
}

Result<std::optional<Reply>> ReplyParser::next() {
  if (failure_) return *failure_;
  auto reply = advance();
  if (!reply) failure_ = reply.error();
  return reply;
}

Result<std::optional<Reply>> ReplyParser::advance() {
  for (;;) {
    RUNBOOK_TRY(head, line());
    if (!head) return std::optional<Reply>();
    if (head->empty()) return malformed(*head);
    std::optional<Reply> value;
    const char mark = head->front();
    if (mark == '$' || mark == '=' || mark == '!') {
      RUNBOOK_TRY(bulk, take_bulk(*head));
      if (!bulk) return std::optional<Reply>();
      value = std::move(bulk);
    } else if (aggregate_of(mark)) {
      RUNBOOK_TRY(empty, open_aggregate(*head));
      value = std::move(empty);
    } else {
      Reply scalar;
      RUNBOOK_TRY(known, take_scalar(*head, scalar));
      if (!known) return malformed(*head);
      consume(head->size() + 2);
      value = std::move(scalar);
    }
    if (bytes_ > limits_.bytes)
      return Error{Code::kLimit, "the Redis reply is larger than " + bytes_text(static_cast<double>(limits_.bytes))};
    if (!value) continue;
    if (auto whole = close_with(std::move(*value))) {
      bytes_ = elements_ = 0;
      return whole;
    }
  }
}

Result<std::optional<std::string_view>> ReplyParser::line() {
  const auto end = buffer_.find('\r', searched_);
  const auto size = (end == std::string::npos ? buffer_.size() : end) - at_;
  if (size > limits_.line)
    return Error{Code::kLimit,
                 "a line of the Redis reply is longer than " + bytes_text(static_cast<double>(limits_.line))};
  if (end == std::string::npos || end + 1 == buffer_.size()) {
    searched_ = end == std::string::npos ? buffer_.size() : end;
    return std::optional<std::string_view>();
  }
  const auto text = std::string_view(buffer_).substr(at_, size);
  if (buffer_[end + 1] != '\n') return malformed(text);
  return std::optional(text);
}

Result<bool> ReplyParser::take_scalar(std::string_view line, Reply& reply) {
  const auto text = line.substr(1);
  switch (line.front()) {
    case '+':
      reply = {.kind = Reply::Kind::kStatus, .text = std::string(text)};
      return true;
    case '-':
      reply = {.kind = Reply::Kind::kError, .text = std::string(text)};
      return true;
    case '_':
      return text.empty();
    case '#':
      reply = {.kind = Reply::Kind::kBool, .integer = text == "t" ? 1 : 0};
      return text == "t" || text == "f";
    case '(':
      reply = {.kind = Reply::Kind::kBigNumber, .text = std::string(text)};
      return is_digits(text);
    case ':': {
      const auto number = parse_integer(text);
      reply = {.kind = Reply::Kind::kInteger, .integer = number.value_or(0)};
      return number.has_value();
    }
    case ',': {
      const auto number = parse_double(text);
      reply = {.kind = Reply::Kind::kDouble, .real = number.value_or(0)};
      return number.has_value();
    }
    default:
      return false;
  }
}

Result<std::optional<Reply>> ReplyParser::take_bulk(std::string_view line) {
  const auto size = parse_integer(line.substr(1));
  const char mark = line.front();
  const std::size_t head = line.size() + 2;
  if (size == -1 && mark == '$') {
    consume(head);
    return std::optional<Reply>(Reply{});
  }
  if (!size || *size < 0) return malformed(line);
  const auto length = static_cast<std::size_t>(*size);
  if (length > limits_.bytes - std::min(bytes_, limits_.bytes)) {
    return Error{Code::kLimit, "the Redis reply is larger than " + bytes_text(static_cast<double>(limits_.bytes))};
  }
  if (buffer_.size() - at_ < head + length + 2) return std::optional<Reply>();
  if (buffer_.compare(at_ + head + length, 2, "\r\n") != 0) return malformed(line);
  auto text = buffer_.substr(at_ + head, length);
  consume(head + length + 2);
  if (mark == '=') {
    if (text.size() < 4 || text[3] != ':') return malformed(text);
    return std::optional<Reply>(Reply{.kind = Reply::Kind::kVerbatim, .text = text.substr(4)});
  }
  const auto kind = mark == '!' ? Reply::Kind::kError : Reply::Kind::kBulk;
  return std::optional<Reply>(Reply{.kind = kind, .text = std::move(text)});
}

// Opens an aggregate and gives nothing; one without elements is a value at once.
Result<std::optional<Reply>> ReplyParser::open_aggregate(std::string_view line) {
  const auto [kind, per_count] = *aggregate_of(line.front());
  const auto count = parse_integer(line.substr(1));
  const bool nil = count == -1 && line.front() == '*';
  const bool attribute = line.front() == '|';
  if (!nil && (!count || *count < 0)) return malformed(line);
  if (!nil && static_cast<std::size_t>(*count) > (limits_.elements - elements_) / per_count) {
    return Error{Code::kLimit, "the Redis reply has more than " + std::to_string(limits_.elements) + " elements"};
  }
  if (open_.size() >= limits_.depth) {
    return Error{Code::kLimit, "the Redis reply is nested deeper than " + std::to_string(limits_.depth) + " levels"};
  }
  consume(line.size() + 2);
  if (nil) return std::optional<Reply>(Reply{});
  const std::size_t missing = static_cast<std::size_t>(*count) * per_count;
  elements_ += missing;
  if (missing > 0) {
    open_.push_back({.reply = {.kind = kind}, .missing = missing, .attribute = attribute});
    return std::optional<Reply>();
  }
  if (attribute) return std::optional<Reply>();
  return std::optional<Reply>(Reply{.kind = kind});
}

// Puts a complete value where it belongs; the reply when it completes the outermost aggregate.
std::optional<Reply> ReplyParser::close_with(Reply reply) {
  while (!open_.empty()) {
    auto& top = open_.back();
    top.reply.items.push_back(std::move(reply));
    if (--top.missing > 0) return std::nullopt;
    reply = std::move(top.reply);
    const bool attribute = top.attribute;
    open_.pop_back();
    if (attribute) return std::nullopt;
  }
  return reply;
}

std::string encode_command(std::span<const std::string> argv) {
  std::string out = "*" + std::to_string(argv.size()) + "\r\n";
  for (const auto& word : argv) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

}  // namespace runbook::net
