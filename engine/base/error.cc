#include "base/error.h"

#include <stdexcept>

namespace runbook {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::kUnreachable:
      return "unreachable";
    case Code::kTimeout:
      return "timeout";
    case Code::kAuth:
      return "auth";
    case Code::kDenied:
      return "denied";
    case Code::kProtocol:
      return "protocol";
    case Code::kRemote:
      return "remote";
    case Code::kNotFound:
      return "not_found";
    case Code::kLimit:
      return "limit";
    case Code::kCancelled:
      return "cancelled";
    case Code::kInDoubt:
      return "in_doubt";
    case Code::kUsage:
      return "usage";
    case Code::kConfig:
      return "config";
    case Code::kPlaybook:
      return "playbook";
    case Code::kRunaway:
      return "runaway";
    case Code::kRefused:
      return "refused";
    case Code::kDeclined:
      return "declined";
    case Code::kUnasked:
      return "unasked";
    case Code::kStale:
      return "stale";
    case Code::kAudit:
      return "audit";
    case Code::kStorage:
      return "storage";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out;
  if (!where.empty()) out += where + ": ";
  out += message;
  if (!next.empty()) out += " (" + next + ")";
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": " + error.text());
}

}  // namespace runbook
