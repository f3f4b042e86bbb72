// Memory that a library fills with zeros and hardly uses.
#pragma once

namespace runbook::net {

/// Gives the pages of a block of the heap that hold nothing but zeros back to the system: when they are needed, they
/// are zeros again. libssh2 fills its session of 60 KB with zeros, most of which it never writes over.
void give_back_zeros(void* block);

}  // namespace runbook::net
