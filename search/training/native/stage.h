// A stage: an operation and the layers that follow it, up to the next operation.
//
//   z = operation(inputs)             stored for the backward pass
//   u = ReLU(z)                       if a ReLU comes before the norm, else z
//   v = norm(u)
//   a = pool(dropout(activation(v)))  stored if pooled, else computed again when needed
//
// The operation is a convolution, a pooling whose windows may overlap, the sum of the outputs of one
// or two other stages, or the product of a map and of one factor per channel.
//
// A layer that is absent is replaced by neutral values: the lower bound of a ReLU is -infinity, the
// scale of a norm is 1, the mask of a dropout has all bits set.
#pragma once
#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "activation.h"
#include "depthwise.h"

constexpr float EPSILON = 1e-5f, MOMENTUM = 0.1f;  // torch's defaults for batch normalisation
constexpr uint64_t RESERVE = 1 << 16;  // mask vectors beyond the largest map: window starts
constexpr Bits ALL = (1 << LANES) - 1;
const float NEVER = -std::numeric_limits<float>::infinity();

enum Pool { NONE, LARGEST, AVERAGE };
enum Operation { DENSE, DEPTHWISE, SUM, SCALE, MAXIMUM, MEAN };

// Written by program.py from `Facts` in stages.py, all int32.
struct Facts {
    int32_t channels, height, width;  // of the input
    int32_t outputs, kernel_height, kernel_width, padding;
    int32_t bias, relu_first, norm, relu;
    int32_t pool, pool_height, pool_width;
    int32_t operation, stride, activation;
    int32_t source, second;  // stages that it reads; source -1: the image, second -1: none
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

// The mask of one step. A local copy, so that a loop that stores floats does not reload it. DROPS:
// whether the dropout is at work.
template <bool DROPS = true>
struct Mask {
    Vector scale;
    const Bits* bits;

    Mask(const Dropout& dropout, size_t begin)
        : scale(all(dropout.scale)), bits(dropout.window + begin) {}
    Vector operator()(Vector value, size_t at) const {
        return DROPS ? keep(value * scale, bits[at]) : value;
    }
};

struct Stage {
    Facts facts;
    long onward = 0;                      // 1 or -1: the image that follows in this pass
    int pixel, groups, out_pixel;         // floats per input pixel; output vectors and floats
    int height, width, pooled_height, pooled_width;
    long row, slope_row;                  // floats per row of the padded input and padded slopes
    size_t map, pooled;                   // floats of one image's output, before and after pooling
    Dropout dropout, late;                // before and after pooling
    Buffer<float> weights, turned, changes;  // packed; for the backward product; their gradients
    Buffer<float> input, slopes, spread_, full;  // one image: padded input, padded dz, da, a
    Buffer<float> returned;               // one image: gradient of the padded input of a pooling
    Buffer<float> z, g;                   // a batch: output of the convolution, gradient of a
    float* memory = nullptr;              // of the gradient: g, or that of another stage
    Buffer<float> kept;                   // a batch: a, if it is pooled
    Buffer<Bits> chosen;                  // a batch: position of the largest value in each window
    Buffer<float> scale, shift, mean, spread_of, ahead, across, offset, pivot;
    Buffer<double> first, second, bias_change;

    void open(const Facts& given, int in_pixel, float rate, float late_rate, int batch) {
        facts = given;
        pixel = in_pixel;
        out_pixel = pixel_of(facts.outputs, false);
        groups = out_pixel / LANES;
        height = (facts.height + 2 * facts.padding - facts.kernel_height) / facts.stride + 1;
        width = (facts.width + 2 * facts.padding - facts.kernel_width) / facts.stride + 1;
        pooled_height = facts.pool ? height / facts.pool_height : height;
        pooled_width = facts.pool ? width / facts.pool_width : width;
        map = size_t(height) * width * out_pixel;
        pooled = size_t(pooled_height) * pooled_width * out_pixel;
        row = long(facts.width + 2 * facts.padding) * pixel;
        slope_row = long(facts.width + facts.kernel_width - 1) * out_pixel;
        const size_t taps = size_t(facts.kernel_height) * facts.kernel_width;
        const size_t in_groups = std::max(1, pixel / LANES);
        weights.reset(weighted() ? groups * taps * inners() * LANES : 0);
        changes.reset(weights.size());
        turned.reset(facts.operation == DENSE ? in_groups * taps * facts.outputs * LANES
                                              : weights.size());
        input.reset((facts.height + 2 * facts.padding) * row);
        if (facts.operation == MAXIMUM)
            for (size_t at = 0; at < input.size(); at++) input[at] = NEVER;
        slopes.reset((facts.height + facts.kernel_height - 1) * slope_row);
        returned.reset(facts.operation == MAXIMUM || facts.operation == MEAN ? input.size() : 0);
        spread_.reset(map);
        full.reset(map);
        z.reset(batch * map);
        kept.reset(facts.pool ? batch * pooled : 0);
        chosen.reset(facts.pool == LARGEST ? batch * map / LANES : 0);
        g.reset(batch * pooled);
        memory = g;
        for (auto* each : {&scale, &shift, &mean, &spread_of, &ahead, &across, &offset, &pivot})
            each->reset(out_pixel);
        for (auto* each : {&first, &second, &bias_change}) each->reset(out_pixel);
        dropout.rate = rate;
        late.rate = late_rate;
        dropout.scale = 1 / (1 - rate);
        late.scale = 1 / (1 - late_rate);
    }

    bool weighted() const { return facts.operation == DENSE || facts.operation == DEPTHWISE; }
    // input channels of each output channel
    int inners() const { return facts.operation == DENSE ? facts.channels : 1; }
    bool one_pixel() const { return height == 1 && width == 1 && facts.stride == 1; }
    // whether the output is z itself
    bool plain() const {
        return !facts.norm && !facts.relu && !facts.relu_first && !facts.activation &&
               facts.pool == NONE && !dropout.rate && !late.rate;
    }
    float* gradient(int image) { return memory + image * pooled; }
    Map slope_map() const { return Map{slope_row * facts.stride, out_pixel * facts.stride}; }
    Map map_of_z() const { return Map{long(width) * out_pixel, out_pixel}; }
    float* inside() { return input + facts.padding * row + facts.padding * pixel; }
    float* slopes_inside() {
        return slopes + (facts.kernel_height - 1 - facts.padding) * slope_row +
               (facts.kernel_width - 1 - facts.padding) * out_pixel;
    }

    // packs torch's weight (outputs, channels, height, width), and turns it for the backward pass
    void pack(const float* weight) {
        if (!weighted()) return;
        const int h = facts.kernel_height, w = facts.kernel_width;
        for (int o = 0; o < facts.outputs; o++)
            for (int c = 0; c < inners(); c++)
                for (int y = 0; y < h; y++)
                    for (int x = 0; x < w; x++) {
                        const float value = *weight++;
                        weights[at(o, c, inners(), y, x)] = value;
                        turned[turned_at(o, c, y, x)] = value;
                    }
    }
    size_t turned_at(int o, int c, int y, int x) const {
        const int ty = facts.kernel_height - 1 - y, tx = facts.kernel_width - 1 - x;
        if (facts.operation == DEPTHWISE) return at(o, 0, 1, ty, tx);
        // with a single output pixel the backward product needs no turned kernel
        return one_pixel() ? at(c, o, facts.outputs, y, x) : at(c, o, facts.outputs, ty, tx);
    }
    void unpack(float* gradient) const {
        for (int o = 0; weighted() && o < facts.outputs; o++)
            for (int c = 0; c < inners(); c++)
                for (int y = 0; y < facts.kernel_height; y++)
                    for (int x = 0; x < facts.kernel_width; x++)
                        *gradient++ = changes[at(o, c, inners(), y, x)];
    }
    size_t at(int lane, int inner, int inners, int y, int x) const {
        const size_t tap = size_t(y) * facts.kernel_width + x;
        const size_t taps = size_t(facts.kernel_height) * facts.kernel_width;
        return ((lane / LANES * taps + tap) * inners + inner) * LANES + lane % LANES;
    }

    Vector bias_of(const float* bias, int group) const {
        Vector start = {};
        for (int lane = 0; bias && lane < LANES && group * LANES + lane < facts.outputs; lane++)
            start[lane] = bias[group * LANES + lane];
        return start;
    }

    // computes z of one image from `input`
    void operate(const float* bias, float* out) {
        if (facts.operation == MAXIMUM) return maximum(out);
        if (facts.operation == MEAN) return mean_of_windows(out);
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const size_t each = weights.size() / groups;
        for (int group = 0; group < groups; group++) {
            const float* from = (const float*)weights + group * each;
            const Vector start = bias_of(bias, group);
            if (facts.operation == DEPTHWISE)
                depthwise_by(kernel, (const float*)input + group * LANES, Map{row, pixel},
                             (int)facts.stride, from, start, out + group * LANES, map_of_z(),
                             height, width);
            else
                convolve_by(pixel, (int)facts.stride, (const float*)input, row, kernel,
                            (int)facts.channels, from, start, out + group * LANES, map_of_z(),
                            height, width);
        }
    }

    // adds the gradients of the weights, from `input` and `slopes`, to `changes`
    void weigh_image() {
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const size_t each = changes.size() / groups;
        for (int group = 0; group < groups; group++) {
            const float* from = (const float*)slopes_inside() + group * LANES;
            float* sums = (float*)changes + group * each;
            if (facts.operation == DEPTHWISE)
                depthwise_weigh_by(kernel, (const float*)input + group * LANES, Map{row, pixel},
                                   facts.stride, from, slope_map(), height, width, sums);
            else
                weigh_by(pixel, (const float*)input, row, (int)facts.stride, kernel,
                         (int)facts.channels, from, slope_map(), height, width, sums);
        }
    }

    // computes the gradient of one image's input from `slopes`, for the stage that it reads
    void return_image(float* out) {
        if (facts.operation == MAXIMUM || facts.operation == MEAN) return return_windows(out);
        const Kernel kernel{facts.kernel_height, facts.kernel_width};
        const int in_groups = pixel / LANES;
        const size_t each = turned.size() / in_groups;
        const Map to{long(facts.width) * pixel, pixel};
        for (int group = 0; group < in_groups; group++) {
            const float* from = (const float*)turned + group * each;
            float* into = out + group * LANES;
            if (facts.operation == DEPTHWISE)
                depthwise_by(kernel, (const float*)slopes + group * LANES,
                             Map{slope_row, out_pixel}, 1, from, Vector{}, into, to,
                             (int)facts.height, (int)facts.width);
            else if (one_pixel())
                return_to_kernel(from, into, to);
            else
                convolve_by(out_pixel, 1, (const float*)slopes, slope_row, kernel,
                            (int)facts.outputs, from, Vector{}, into, to, (int)facts.height,
                            (int)facts.width);
        }
    }

    // the same for a single output pixel, whose inputs are those under the kernel
    void return_to_kernel(const float* from, float* into, Map to) {
        const int pad = facts.padding;
        for (int y = 0; y < facts.kernel_height; y++)
            for (int x = 0; x < facts.kernel_width; x++, from += facts.outputs * LANES) {
                if (y < pad || x < pad || y >= facts.height + pad || x >= facts.width + pad)
                    continue;
                Vector sum = {};
                for (int o = 0; o < facts.outputs; o++)
                    sum += load(from + o * LANES) * slopes_inside()[o];
                store(into + (y - pad) * to.row + (x - pad) * to.pixel, sum);
            }
    }

    // calls f(corner, output) with the first input of each window and the place of its output
    template <typename F>
    void each_window(F f) {
        for (int group = 0; group < groups; group++)
            for (int y = 0, p = 0; y < height; y++)
                for (int x = 0; x < width; x++, p++)
                    f(y * facts.stride * row + long(x) * facts.stride * pixel + group * LANES,
                      size_t(p) * out_pixel + group * LANES);
    }

    void maximum(float* out) {
        each_window([&](long corner, size_t at) {
            Vector largest = all(NEVER);
            for (int i = 0; i < facts.kernel_height; i++)
                for (int j = 0; j < facts.kernel_width; j++)
                    largest = at_least(load(input + (corner + i * row + j * pixel)), largest);
            store(out + at, largest);
        });
    }

    void mean_of_windows(float* out) {
        const Vector part = all(1.0f / (facts.kernel_height * facts.kernel_width));
        each_window([&](long corner, size_t at) {
            Vector sum = {};
            for (int i = 0; i < facts.kernel_height; i++)
                for (int j = 0; j < facts.kernel_width; j++)
                    sum += load(input + (corner + i * row + j * pixel));
            store(out + at, sum * part);
        });
    }

    // adds the gradient of each window to its inputs; that of a maximum to the first largest one
    void return_windows(float* out) {
        Buffer<float>& sums = returned;
        sums.clear();
        const bool largest = facts.operation == MAXIMUM;
        const Vector part = all(1.0f / (facts.kernel_height * facts.kernel_width));
        const Map from = slope_map();
        each_window([&](long corner, size_t at) {
            const size_t p = at / out_pixel, group = at % out_pixel;
            const Vector slope = load(slopes_inside() + p / width * from.row +
                                      p % width * from.pixel + group);
            Vector most = all(NEVER);
            for (int i = 0; largest && i < facts.kernel_height; i++)
                for (int j = 0; j < facts.kernel_width; j++)
                    most = at_least(load(input + (corner + i * row + j * pixel)), most);
            Lanes open = Lanes{} - 1;
            for (int i = 0; i < facts.kernel_height; i++)
                for (int j = 0; j < facts.kernel_width; j++) {
                    const long place = corner + i * row + j * pixel;
                    const Lanes taken = open & (load(input + place) == most);
                    open &= ~taken;
                    const Vector share = largest ? keep(slope, bits_of(taken)) : slope * part;
                    store(sums + place, load(sums + place) + share);
                }
        });
        for (int y = 0; y < facts.height; y++)
            std::memcpy(out + long(y) * facts.width * pixel,
                        sums + (y + facts.padding) * row + facts.padding * pixel,
                        size_t(facts.width) * pixel * sizeof(float));
    }
};
