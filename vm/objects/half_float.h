// IEEE half precision ("e" in struct formats and memoryview), converted by hand since C++20 has no such type.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace refscope::vm {

inline double half_to_double(uint16_t half) {
    int exponent = (half >> 10) & 31;
    double fraction = half & 0x3ff;
    double value = exponent == 0    ? std::ldexp(fraction, -24)
                   : exponent == 31 ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                                    : std::ldexp(fraction + 1024, exponent - 25);
    return half & 0x8000 ? -value : value;
}

// Rounds half to even; false: the value is too large.
inline bool half_from_double(double value, uint16_t* half) {
    uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    if (std::isnan(value)) return *half = sign | 0x7e00, true;
    if (std::isinf(value)) return *half = sign | 0x7c00, true;
    double magnitude = std::fabs(value);
    if (magnitude == 0) return *half = sign, true;
    int exponent;
    std::frexp(magnitude, &exponent);
    --exponent;  // magnitude = 1.f * 2**exponent
    int lowest = exponent < -14 ? -24 : exponent - 10;
    auto units = static_cast<long>(std::nearbyint(std::ldexp(magnitude, -lowest)));
    long bits = exponent < -14 ? units : ((static_cast<long>(exponent) + 15) << 10) + (units - 1024);
    if (bits >= 0x7c00) return false;
    *half = static_cast<uint16_t>(sign | bits);
    return true;
}

}  // namespace refscope::vm
