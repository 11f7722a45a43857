// The three products of a depthwise convolution, for one group of LANES channels of one image.
//
// Each channel has its own kernel, so that all products are element-wise: a vector of weights times
// a vector of inputs. SIDE is the side of the kernel, or 0 for a size that is known only at run
// time. The layout of the maps is the same as in convolution.h.
#pragma once
#include "convolution.h"

constexpr int RUN = 7;  // outputs that are computed together; divides 28, 14 and 7

// Computes COUNT neighbouring outputs. step: floats from one input of a kernel row to the next;
// stride: floats between the inputs of two neighbouring outputs.
template <int SIDE, int COUNT>
static inline void depthwise_run(const float* in, long row, int step, int stride, Kernel kernel,
                                 const float* weights, Vector start, float* out, int to) {
    const int height = SIDE ? SIDE : kernel.height, width = SIDE ? SIDE : kernel.width;
    Vector sums[COUNT];
    for (int p = 0; p < COUNT; p++) sums[p] = start;
#pragma GCC unroll 5
    for (int y = 0; y < height; y++)
#pragma GCC unroll 5
        for (int x = 0; x < width; x++) {
            const Vector weight = load(weights + (y * width + x) * LANES);
            const float* at = in + y * row + x * step;
#pragma GCC unroll 8
            for (int p = 0; p < COUNT; p++) sums[p] += weight * load(at + p * stride);
        }
    for (int p = 0; p < COUNT; p++) store(out + p * to, sums[p]);
}

// Computes a map of height x width outputs.
template <int SIDE>
static void depthwise(const float* in, Map from, int stride, Kernel kernel, const float* weights,
                      Vector start, float* out, Map to, int height, int width) {
    const int pace = stride * from.pixel;
    for (int y = 0; y < height; y++) {
        const float* at = in + y * stride * from.row;
        float* into = out + y * to.row;
        int x = 0;
        for (; x + RUN <= width; x += RUN)
            depthwise_run<SIDE, RUN>(at + x * pace, from.row, from.pixel, pace, kernel, weights,
                                     start, into + x * to.pixel, to.pixel);
        for (; x < width; x++)
            depthwise_run<SIDE, 1>(at + x * pace, from.row, from.pixel, pace, kernel, weights,
                                   start, into + x * to.pixel, to.pixel);
    }
}

// Adds the gradients of one row of the kernel, summed over height x width outputs.
template <int SIDE>
static void depthwise_row(const float* in, Map from, int stride, int taps, const float* gradient,
                          Map slopes, int height, int width, float* out) {
    constexpr int HOLD = SIDE ? SIDE : 1;
    for (int first = 0; first < taps; first += HOLD) {
        Vector sums[2][HOLD] = {};  // two parts, because an addition has a latency of four cycles
        for (int y = 0; y < height; y++) {
            const float* value = in + y * stride * from.row + first * from.pixel;
            const float* slope = gradient + y * slopes.row;
            for (int x = 0; x < width; x++, value += stride * from.pixel, slope += slopes.pixel) {
                const Vector pixel = load(slope);
#pragma GCC unroll 5
                for (int t = 0; t < HOLD; t++)
                    sums[x & 1][t] += pixel * load(value + t * from.pixel);
            }
        }
        for (int t = 0; t < HOLD; t++) {
            float* into = out + (first + t) * LANES;
            store(into, load(into) + sums[0][t] + sums[1][t]);
        }
    }
}

// Adds the gradient of the kernel, summed over height x width outputs.
template <int SIDE>
static void depthwise_weigh(const float* in, Map from, int stride, Kernel kernel,
                            const float* gradient, Map slopes, int height, int width, float* out) {
    for (int y = 0; y < kernel.height; y++)
        depthwise_row<SIDE>(in + y * from.row, from, stride, kernel.width, gradient, slopes, height,
                            width, out + y * kernel.width * LANES);
}

// The same with three by three sums in registers: each slope is read once.
static inline void depthwise_weigh_three(const float* in, Map from, int stride, const float* gradient,
                                         Map slopes, int height, int width, float* out) {
    Vector sums[3][3] = {};
    for (int y = 0; y < height; y++) {
        const float* value = in + y * stride * from.row;
        const float* slope = gradient + y * slopes.row;
        for (int x = 0; x < width; x++, value += stride * from.pixel, slope += slopes.pixel) {
            const Vector pixel = load(slope);
#pragma GCC unroll 3
            for (int r = 0; r < 3; r++)
#pragma GCC unroll 3
                for (int t = 0; t < 3; t++)
                    sums[r][t] += pixel * load(value + r * from.row + t * from.pixel);
        }
    }
    for (int t = 0; t < 9; t++) store(out + t * LANES, load(out + t * LANES) + sums[t / 3][t % 3]);
}

template <typename... Rest>
static void depthwise_by(Kernel kernel, const float* in, Map from, int stride, Rest... rest) {
    const int side = kernel.height == kernel.width ? kernel.width : 0;
    if (side == 3) return depthwise<3>(in, from, stride, kernel, rest...);
    if (side == 5) return depthwise<5>(in, from, stride, kernel, rest...);
    depthwise<0>(in, from, stride, kernel, rest...);
}

static inline void depthwise_weigh_by(Kernel kernel, const float* in, Map from, int stride,
                                      const float* gradient, Map slopes, int height, int width,
                                      float* out) {
    const int side = kernel.height == kernel.width ? kernel.width : 0;
    if (side == 3)
        return depthwise_weigh_three(in, from, stride, gradient, slopes, height, width, out);
    if (side == 5)
        return depthwise_weigh<5>(in, from, stride, kernel, gradient, slopes, height, width, out);
    depthwise_weigh<0>(in, from, stride, kernel, gradient, slopes, height, width, out);
}
