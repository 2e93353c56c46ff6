/// @file
/// Carries another contract number, and a description that must never be asked for.
#include <cstdint>
#include <cstdlib>

extern "C" {
extern const std::uint64_t interstice_model_abi;
const void* interstice_model();
}
const std::uint64_t interstice_model_abi = 0x0123456789abcdefULL;
const void* interstice_model() { std::abort(); }
