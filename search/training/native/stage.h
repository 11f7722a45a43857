// A stage: a convolution and the layers that follow it, up to the next convolution.
//
//   z = convolution(input)            stored for the backward pass
//   u = ReLU(z)                       if a ReLU comes before the norm, else z
//   v = norm(u)
//   a = pool(dropout(ReLU(v)))        stored if pooled, else computed again when needed
//
// A layer that is absent is replaced by neutral values: the lower bound of a ReLU is -infinity, the
// scale of a norm is 1, the mask of a dropout has all bits set.
#pragma once
#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "convolution.h"

constexpr float EPSILON = 1e-5f, MOMENTUM = 0.1f;  // torch's defaults for batch normalisation
constexpr uint64_t RESERVE = 1 << 16;  // mask vectors beyond the largest map: window starts
constexpr Bits ALL = (1 << LANES) - 1;
const float NEVER = -std::numeric_limits<float>::infinity();

enum Pool { NONE, LARGEST, AVERAGE };

// Written by program.py from `Facts` in stages.py, all int32.
struct Facts {
    int32_t channels, height, width;  // of the input
    int32_t outputs, kernel_height, kernel_width, padding;
    int32_t bias, relu_first, norm, relu;
    int32_t pool, pool_height, pool_width;
};

// The elements that dropout keeps. Bits are drawn once per epoch; each step uses a window of them
// that starts at a random offset.
struct Dropout {
    float rate = 0, scale = 1;
    Buffer<Bits> bits{0};
    uint64_t seed = 0;
    const Bits* window = &ALL;

    void draw(uint64_t from, size_t vectors) {
        if (!rate) return;
        seed = drawn(from, 0);
        if (bits.size() < vectors + RESERVE) bits.reset(vectors + RESERVE);
        const uint64_t limit = std::lround(rate * 65536.0);
        for (size_t at = 0; at < bits.size(); at++) {
            Bits kept = 0;
            for (int four = 0; four < LANES / 4; four++) {
                uint64_t random = drawn(from, LANES / 4 * at + four + 1);
                for (int lane = 0; lane < 4; lane++, random >>= 16)
                    kept |= ((random & 0xFFFF) >= limit) << (4 * four + lane);
            }
            bits[at] = kept;
        }
    }
    void move(int step) {
        if (rate) window = bits + drawn(seed, step) % RESERVE;
    }
    void rest() { window = &ALL; }  // for scoring
    bool at_work() const { return window != &ALL; }
};

// The mask of one step. A local copy, so that a loop that stores floats does not reload it.
struct Mask {
    Vector scale;
    const Bits* bits;
    size_t step;  // 0 if nothing is dropped: the single word at `bits` keeps all elements

    Mask(const Dropout& dropout, size_t begin)
        : scale(all(dropout.at_work() ? dropout.scale : 1)),
          bits(dropout.window + (dropout.at_work() ? begin : 0)),
          step(dropout.at_work()) {}
    Vector operator()(Vector value, size_t at) const { return keep(value * scale, bits[at * step]); }
};

struct Stage {
    Facts facts;
    int pixel, groups, out_pixel;         // floats per input pixel; output vectors and floats
    int height, width, pooled_height, pooled_width;
    long row, slope_row;                  // floats per row of the padded input and padded slopes
    size_t map, pooled;                   // floats of one image's output, before and after pooling
    Dropout dropout, late;                // before and after pooling
    Buffer<float> weights, turned, changes;  // packed; for the backward product; their gradients
    Buffer<float> input, slopes, spread_, full;  // one image: padded input, padded dz, da, a
    Buffer<float> z, g;                   // a batch: output of the convolution, gradient of a
    Buffer<float> kept;                   // a batch: a, if it is pooled
    Buffer<Bits> chosen;                  // a batch: position of the largest value in each window
    Buffer<float> scale, shift, mean, spread_of, ahead, across, offset, pivot;
    Buffer<double> first, second, bias_change;

    void open(const Facts& given, int in_pixel, float rate, float late_rate, int batch) {
        facts = given;
        pixel = in_pixel;
        groups = (facts.outputs + LANES - 1) / LANES;
        out_pixel = groups * LANES;
        height = facts.height + 2 * facts.padding - facts.kernel_height + 1;
        width = facts.width + 2 * facts.padding - facts.kernel_width + 1;
        pooled_height = facts.pool ? height / facts.pool_height : height;
        pooled_width = facts.pool ? width / facts.pool_width : width;
        map = size_t(height) * width * out_pixel;
        pooled = size_t(pooled_height) * pooled_width * out_pixel;
        row = long(facts.width + 2 * facts.padding) * pixel;
        slope_row = long(width + 2 * (facts.kernel_width - 1 - facts.padding)) * out_pixel;
        const size_t taps = size_t(facts.kernel_height) * facts.kernel_width;
        const size_t in_groups = (facts.channels + LANES - 1) / LANES;
        weights.reset(groups * taps * facts.channels * LANES);
        changes.reset(weights.size());
        turned.reset(in_groups * taps * facts.outputs * LANES);
        input.reset((facts.height + 2 * facts.padding) * row);
        slopes.reset((height + 2 * (facts.kernel_height - 1 - facts.padding)) * slope_row);
        spread_.reset(map);
        full.reset(map);
        z.reset(batch * map);
        kept.reset(facts.pool ? batch * pooled : 0);
        chosen.reset(facts.pool == LARGEST ? batch * map / LANES : 0);
        g.reset(batch * pooled);
        for (auto* each : {&scale, &shift, &mean, &spread_of, &ahead, &across, &offset, &pivot})
            each->reset(out_pixel);
        for (auto* each : {&first, &second, &bias_change}) each->reset(out_pixel);
        dropout.rate = rate;
        late.rate = late_rate;
        dropout.scale = 1 / (1 - rate);
        late.scale = 1 / (1 - late_rate);
    }

    bool dense() const { return height == 1 && width == 1; }
    float* inside() { return input + facts.padding * row + facts.padding * pixel; }
    float* slopes_inside() {
        return slopes + (facts.kernel_height - 1 - facts.padding) * slope_row +
               (facts.kernel_width - 1 - facts.padding) * out_pixel;
    }

    // packs torch's weight (outputs, channels, height, width), and turns it for the backward pass
    void pack(const float* weight) {
        const int h = facts.kernel_height, w = facts.kernel_width;
        for (int o = 0; o < facts.outputs; o++)
            for (int c = 0; c < facts.channels; c++)
                for (int y = 0; y < h; y++)
                    for (int x = 0; x < w; x++) {
                        const float value = *weight++;
                        weights[at(o, c, facts.channels, y, x)] = value;
                        // with a single output pixel the backward product needs no turned kernel
                        const int ty = dense() ? y : h - 1 - y, tx = dense() ? x : w - 1 - x;
                        turned[at(c, o, facts.outputs, ty, tx)] = value;
                    }
    }
    void unpack(float* gradient) const {
        for (int o = 0; o < facts.outputs; o++)
            for (int c = 0; c < facts.channels; c++)
                for (int y = 0; y < facts.kernel_height; y++)
                    for (int x = 0; x < facts.kernel_width; x++)
                        *gradient++ = changes[at(o, c, facts.channels, y, x)];
    }
    size_t at(int lane, int inner, int inners, int y, int x) const {
        const size_t tap = size_t(y) * facts.kernel_width + x;
        const size_t taps = size_t(facts.kernel_height) * facts.kernel_width;
        return ((lane / LANES * taps + tap) * inners + inner) * LANES + lane % LANES;
    }

    // computes z of one image from `input`
    void convolve_image(const float* bias, float* out) {
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const size_t each = weights.size() / groups;
        for (int group = 0; group < groups; group++) {
            Vector start = {};
            for (int lane = 0; bias && lane < LANES && group * LANES + lane < facts.outputs; lane++)
                start[lane] = bias[group * LANES + lane];
            convolve_by(pixel, (const float*)input, row, kernel, (int)facts.channels,
                        (const float*)weights + group * each, start, out + group * LANES,
                        Map{long(width) * out_pixel, out_pixel}, height, width);
        }
    }

    // adds the gradients of the weights, from `input` and `slopes`, to `changes`
    void weigh_image() {
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const size_t each = changes.size() / groups;
        for (int group = 0; group < groups; group++)
            weigh_by(pixel, (const float*)input, row, kernel, (int)facts.channels,
                     (const float*)slopes_inside() + group * LANES, Map{slope_row, out_pixel},
                     height, width, (float*)changes + group * each);
    }

    // computes the gradient of one image's input from `slopes`, for the stage before
    void return_image(float* out) {
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const int in_groups = pixel / LANES;
        const size_t each = turned.size() / in_groups;
        const Map to{long(facts.width) * pixel, pixel};
        for (int group = 0; group < in_groups; group++) {
            const float* from = (const float*)turned + group * each;
            float* into = out + group * LANES;
            if (!dense()) {
                convolve_by(out_pixel, (const float*)slopes, slope_row, kernel, (int)facts.outputs,
                            from, Vector{}, into, to, (int)facts.height, (int)facts.width);
                continue;
            }
            const int pad = facts.padding;
            for (int y = 0; y < kernel.height; y++)
                for (int x = 0; x < kernel.width; x++, from += facts.outputs * LANES) {
                    if (y < pad || x < pad || y >= facts.height + pad || x >= facts.width + pad)
                        continue;
                    Vector sum = {};
                    for (int o = 0; o < facts.outputs; o++)
                        sum += load(from + o * LANES) * slopes_inside()[o];
                    store(into + (y - pad) * to.row + (x - pad) * to.pixel, sum);
                }
        }
    }
};
