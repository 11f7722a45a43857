// Activations and their derivatives, for vectors. A ReLU, or no activation, is a lower bound.
#pragma once
#include <type_traits>

#include "vector.h"

// As in stages.py. RELU and no activation are both BOUND.
enum Activation { BOUND, RELU6, LEAKY, SILU, HARDSWISH, SIGMOID, HARDSIGMOID };

constexpr float LEAK = 0.01f;  // torch's default

static inline Vector at_most(Vector value, Vector high) { return value > high ? high : value; }
static inline Vector clamped(Vector value, float low, float high) {
    return at_most(at_least(value, all(low)), all(high));
}
static inline Vector inside(Vector value, float low, float high, Vector then) {
    return value > low && value < high ? then : Vector{};
}

// e^x with a relative error of about 1e-7: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2].
static inline Vector exponential(Vector x) {
    const Vector shift = all(12582912.0f);  // 1.5 * 2^23: the sum is rounded to a whole number
    x = clamped(x, -87.0f, 88.0f);          // passes NaN on
    const Vector rounded = x * 1.44269504f + shift, whole = rounded - shift;
    const Vector r = (x - whole * 0.693359375f) - whole * -2.12194440e-4f;
    Vector p = all(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const Lanes power = ((Lanes)rounded - (Lanes)shift + 127) << 23;
    return p * (Vector)power;  // a product, so that NaN is passed on
}

static inline Vector sigmoid(Vector value) { return 1.0f / (1.0f + exponential(-value)); }

// Returns the activation of v. low: the bound of BOUND.
template <int KIND>
static inline Vector activation(Vector v, Vector low) {
    if constexpr (KIND == RELU6) return clamped(v, 0, 6);
    if constexpr (KIND == LEAKY) return v > 0 ? v : v * LEAK;
    if constexpr (KIND == SILU) return v * sigmoid(v);
    if constexpr (KIND == HARDSWISH) return v * clamped(v + 3, 0, 6) * (1.0f / 6);
    if constexpr (KIND == SIGMOID) return sigmoid(v);
    if constexpr (KIND == HARDSIGMOID) return clamped(v + 3, 0, 6) * (1.0f / 6);
    return at_least(v, low);
}

// Returns the gradient of v from the gradient of its activation.
template <int KIND>
static inline Vector activation_slope(Vector v, Vector low, Vector slope) {
    if constexpr (KIND == RELU6) return inside(v, 0, 6, slope);
    if constexpr (KIND == LEAKY) return v > 0 ? slope : slope * LEAK;
    if constexpr (KIND == SILU) {
        const Vector s = sigmoid(v);
        return slope * s * (1.0f + v * (1.0f - s));
    }
    if constexpr (KIND == HARDSWISH) {
        const Vector middle = slope * (v * (1.0f / 3) + 0.5f);
        return v < -3.0f ? Vector{} : v > 3.0f ? slope : middle;
    }
    if constexpr (KIND == SIGMOID) {
        const Vector s = sigmoid(v);
        return slope * s * (1.0f - s);
    }
    if constexpr (KIND == HARDSIGMOID) return inside(v, -3, 3, slope * (1.0f / 6));
    return where_above(v, low, slope);
}

// Calls f with the kind as a compile-time constant.
template <typename F>
static inline void by_activation(int kind, F f) {
    switch (kind) {
        case RELU6: return f(std::integral_constant<int, RELU6>());
        case LEAKY: return f(std::integral_constant<int, LEAKY>());
        case SILU: return f(std::integral_constant<int, SILU>());
        case HARDSWISH: return f(std::integral_constant<int, HARDSWISH>());
        case SIGMOID: return f(std::integral_constant<int, SIGMOID>());
        case HARDSIGMOID: return f(std::integral_constant<int, HARDSIGMOID>());
        default: return f(std::integral_constant<int, BOUND>());
    }
}
