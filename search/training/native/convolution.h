// The three products of a convolution (output, weight gradient, input gradient), for one image at a
// time. All are "valid" convolutions: the input buffer already contains the padding.
//
// The memory layout is channels last: a map consists of rows, a row of pixels, a pixel of channels.
// The channels of a pixel of an inner map are padded to a multiple of a vector. PIXEL is the
// distance of two neighbouring input pixels in floats. It is a template parameter because with a
// constant distance the addresses of a block of pixels need no registers. Each product keeps a
// block of sums in registers and reads every factor once: it multiplies a vector of channels by one
// broadcast value.
#pragma once
#include <algorithm>

#include "vector.h"

constexpr int STRIP = 4096;  // floats of input and gradient that together stay in the L1 cache

struct Map {  // layout of a map: distances in floats from row to row and from pixel to pixel
    long row;
    int pixel;
};

struct Kernel {
    int height, width;
};

// Computes out[r][p] = start + sum over kernel and input channels, for ROWS x PIXELS outputs. STRIDE:
// distance of the inputs of two neighbouring outputs, in pixels.
template <int PIXEL, int STRIDE, int ROWS, int PIXELS>
static void block(const float* in, long row, Kernel kernel, int channels, const float* weights,
                  Vector start, float* out, Map to) {
    Vector sums[ROWS][PIXELS];
    for (int r = 0; r < ROWS; r++)
        for (int p = 0; p < PIXELS; p++) sums[r][p] = start;
    for (int y = 0; y < kernel.height; y++)
        for (int x = 0; x < kernel.width; x++) {
            const float* at = in + y * row + x * PIXEL;
            for (int c = 0; c < channels; c++, weights += LANES) {
                const Vector weight = load(weights);
#pragma GCC unroll 16
                for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 16
                    for (int p = 0; p < PIXELS; p++)
                        sums[r][p] += weight * at[r * STRIDE * row + p * STRIDE * PIXEL + c];
            }
        }
    for (int r = 0; r < ROWS; r++)
        for (int p = 0; p < PIXELS; p++) store(out + r * to.row + p * to.pixel, sums[r][p]);
}

typedef void (*Block)(const float*, long, Kernel, int, const float*, Vector, float*, Map);

template <int PIXEL, int STRIDE, int ROWS, int PIXELS>
static Block block_of(int pixels) {
    if constexpr (PIXELS == 0)
        return nullptr;
    else
        return pixels == PIXELS ? block<PIXEL, STRIDE, ROWS, PIXELS>
                                : block_of<PIXEL, STRIDE, ROWS, PIXELS - 1>(pixels);
}

// Computes one vector of output channels of a whole map of height x width outputs.
template <int PIXEL, int STRIDE>
static void convolve(const float* in, long row, Kernel kernel, int channels, const float* weights,
                     Vector start, float* out, Map to, int height, int width) {
    const int blocks = (width + HELD - 1) / HELD;
    for (int part = 0, x = 0; part < blocks; part++) {
        const int pixels = (width - x + blocks - part - 1) / (blocks - part);
        int y = 0;
        if (2 * pixels <= HELD) {  // narrow maps: two rows at once make full use of the registers
            const Block two = block_of<PIXEL, STRIDE, 2, HELD / 2>(pixels);
            for (; y + 1 < height; y += 2)
                two(in + STRIDE * (y * row + x * PIXEL), row, kernel, channels, weights, start,
                    out + y * to.row + x * to.pixel, to);
        }
        const Block one = block_of<PIXEL, STRIDE, 1, HELD>(pixels);
        for (; y < height; y++)
            one(in + STRIDE * (y * row + x * PIXEL), row, kernel, channels, weights, start,
                out + y * to.row + x * to.pixel, to);
        x += pixels;
    }
}

// Adds TAPS weight gradients that read neighbouring inputs: sums over the map of input x gradient.
template <int PIXEL, int TAPS>
static void taps(const float* in, long row, int stride, const float* gradient, Map from, int height,
                 int width, float* out) {
    Vector sums[TAPS];
    for (int t = 0; t < TAPS; t++) sums[t] = load(out + t * LANES);
    for (int y = 0; y < height; y++) {
        const float* value = in + y * stride * row;
        const float* slope = gradient + y * from.row;
        for (int x = 0; x < width; x++, value += stride * PIXEL, slope += from.pixel) {
            const Vector pixel = load(slope);
#pragma GCC unroll 16
            for (int t = 0; t < TAPS; t++) sums[t] += pixel * value[t];
        }
    }
    for (int t = 0; t < TAPS; t++) store(out + t * LANES, sums[t]);
}

template <int PIXEL, int TAPS>
static void some_taps(int count, const float* in, long row, int stride, const float* gradient,
                      Map from, int height, int width, float* out) {
    if constexpr (TAPS > 0) {
        if (count == TAPS)
            return taps<PIXEL, TAPS>(in, row, stride, gradient, from, height, width, out);
        some_taps<PIXEL, TAPS - 1>(count, in, row, stride, gradient, from, height, width, out);
    }
}

// Adds the gradient of one group's weights (kernel, channels, LANES), summed over height x width.
template <int PIXEL>
static void weigh(const float* in, long row, int stride, Kernel kernel, int channels,
                  const float* gradient, Map from, int height, int width, float* out) {
    // if the pixels have no padding, the inputs of a kernel row are contiguous
    const int run = channels == PIXEL ? channels * kernel.width : channels;
    const int runs = channels == PIXEL ? 1 : kernel.width;
    const int strip = 1 + STRIP / int(width * (PIXEL + from.pixel));
    for (int top = 0; top < height; top += strip) {
        float* sums = out;
        for (int y = 0; y < kernel.height; y++)
            for (int x = 0; x < runs; x++)
                for (int done = 0, left = (run + HELD - 1) / HELD; left; left--) {
                    const int count = (run - done + left - 1) / left;
                    some_taps<PIXEL, HELD>(count, in + (top * stride + y) * row + x * PIXEL + done,
                                           row, stride, gradient + top * from.row, from,
                                           std::min(strip, height - top), width, sums);
                    done += count;
                    sums += count * LANES;
                }
    }
}

constexpr int WIDEST = 128, COARSE = 64;  // wider pixels have fewer sizes: each has its own code

// Returns the floats from one pixel to the next. Images of 1 or 3 channels are not padded.
static inline int pixel_of(int channels, bool image) {
    if (image && (channels == 1 || channels == 3)) return channels;
    const int unit = channels > COARSE ? 2 * 16 : LANES;
    return (channels + unit - 1) / unit * unit;
}

// Returns the next smaller size of a pixel, 0 after the smallest.
constexpr int narrower(int pixel) {
    if (pixel > COARSE) return pixel - 2 * 16;
    return pixel == 1 ? 0 : pixel == 3 ? 1 : pixel > LANES ? pixel - LANES : 3;
}

// convolve and weigh for a pixel size that is known only at run time; each size has its own code.
// stride: 1 or 2.
template <int PIXEL = WIDEST, typename... Rest>
static void convolve_by(int pixel, int stride, Rest... rest) {
    if constexpr (PIXEL > 0) {
        if (pixel == PIXEL && stride == 2) return convolve<PIXEL, 2>(rest...);
        if (pixel == PIXEL) return convolve<PIXEL, 1>(rest...);
        constexpr int next = narrower(PIXEL);
        convolve_by<next>(pixel, stride, rest...);
    }
}

template <int PIXEL = WIDEST, typename... Rest>
static void weigh_by(int pixel, Rest... rest) {
    if constexpr (PIXEL > 0) {
        if (pixel == PIXEL) return weigh<PIXEL>(rest...);
        constexpr int next = narrower(PIXEL);
        weigh_by<next>(pixel, rest...);
    }
}
