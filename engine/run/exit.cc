#include "run/exit.h"

namespace runbook::run {

int exit_of(const Error& error) {
  switch (error.code) {
    case Code::kUsage:
    case Code::kConfig:
    case Code::kPlaybook:
    case Code::kNotFound:
      return 2;
    case Code::kDeclined:
      return 3;
    case Code::kUnasked:
      return 4;
    case Code::kRefused:
    case Code::kStale:
    case Code::kDenied:
      return 8;
    case Code::kAudit:
      return 9;
    case Code::kTimeout:
      return 124;
    case Code::kCancelled:
      return 130;
    default:
      return 1;
  }
}

std::string status_of(const Error& error) {
  switch (error.code) {
    case Code::kUnasked:
      return "approval needed";
    case Code::kDeclined:
      return "declined";
    case Code::kUsage:
      return "not started";
    default:
      return std::string(name_of(error.code));
  }
}

}  // namespace runbook::run
