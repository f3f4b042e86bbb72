// A certificate as a playbook sees it.
#pragma once

#include <cstdint>
#include <string>

#include "base/value.h"
#include "net/certificate.h"

namespace runbook::primitive {

/// {subject, issuer, serial, sha256, names, not_before, not_after, days_left}: times as UTC text; days with one
/// decimal, below zero when it has ended.
Value certificate_value(const net::Certificate& certificate, std::int64_t now_ms);

/// Such a table in one line.
std::string of_certificate(const Value& certificate);

}  // namespace runbook::primitive
