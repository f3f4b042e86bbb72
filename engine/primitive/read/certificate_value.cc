#include "primitive/read/certificate_value.h"

#include <cmath>

#include "base/clock.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

constexpr double kDay = 24.0 * 60 * 60 * 1000;

}  // namespace

Value certificate_value(const net::Certificate& certificate, std::int64_t now_ms) {
  const auto left = static_cast<double>(certificate.not_after_ms - now_ms) / kDay;
  return Value::Map{{"subject", certificate.subject},
                    {"issuer", certificate.issuer},
                    {"serial", certificate.serial},
                    {"sha256", certificate.sha256},
                    {"names", Value::List(certificate.names.begin(), certificate.names.end())},
                    {"not_before", utc_text(certificate.not_before_ms)},
                    {"not_after", utc_text(certificate.not_after_ms)},
                    {"days_left", std::floor(left * 10) / 10}};
}

std::string of_certificate(const Value& certificate) {
  const auto left = certificate["days_left"].number_or(0);
  return safety::in_words(certificate["subject"]) +
         (left < 0 ? ", ended at " + safety::in_words(certificate["not_after"])
                   : ", " + safety::in_words(certificate["days_left"]) + " days left");
}

}  // namespace runbook::primitive
