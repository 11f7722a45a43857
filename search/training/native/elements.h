// The element-wise operations and the pooling of a stage, forward and backward, one image at a
// time. The names z, u, v and a are defined in stage.h.
//
// Loops process one group of LANES channels. They first copy the values that they need from the
// stage to local variables, because the compiler must assume that a store of floats may change the
// stage.
#pragma once
#include "stage.h"

// The factors of a stage for one group of channels. KIND: its activation.
template <int KIND>
struct Channels {
    Vector scale, shift, mean, low_first, low;

    Channels(const Stage& stage, int group)
        : scale(load(stage.scale + group * LANES)),
          shift(load(stage.shift + group * LANES)),
          mean(load(stage.mean + group * LANES)),
          low_first(all(stage.facts.relu_first ? 0 : NEVER)),
          low(all(stage.facts.relu ? 0 : NEVER)) {}
    Vector first(Vector z) const { return at_least(z, low_first); }      // u
    Vector norm(Vector u) const { return u * scale + shift; }            // v
    Vector whole(Vector z) const { return activation<KIND>(norm(first(z)), low); }
    Vector slope(Vector u, Vector of_a) const {  // dv
        return activation_slope<KIND>(norm(u), low, of_a);
    }
};

// Two sums over a map. Each has four independent parts, because an addition has a latency of four
// cycles.
struct Sums {
    Vector one[4] = {}, two[4] = {};

    void add(int part, Vector first, Vector second) {
        one[part] += first;
        two[part] += second;
    }
    // calls add_pixel(p, part) for each pixel; the parts are constants, which keeps them in registers
    template <typename F>
    static void each(int pixels, F add_pixel) {
        int p = 0;
        for (; p + 4 <= pixels; p += 4) {
            add_pixel(p, 0);
            add_pixel(p + 1, 1);
            add_pixel(p + 2, 2);
            add_pixel(p + 3, 3);
        }
        if (p < pixels) add_pixel(p, 0);
        if (p + 1 < pixels) add_pixel(p + 1, 1);
        if (p + 2 < pixels) add_pixel(p + 2, 2);
    }
    void into(double* first, double* second) const {
        const Vector a = one[0] + one[1] + (one[2] + one[3]);
        const Vector b = two[0] + two[1] + (two[2] + two[3]);
        for (int lane = 0; lane < LANES; lane++) {
            first[lane] += a[lane];
            second[lane] += b[lane];
        }
    }
};

// Adds sums of (u - pivot) and of its square, for the mean and deviation of the batch.
static void add_moments(Stage& stage, const float* z) {
    const int pixels = stage.height * stage.width, next = stage.out_pixel;
    const long onward = stage.onward * long(stage.map);
    for (int group = 0; group < stage.groups; group++, z += LANES) {
        const Vector pivot = load(stage.pivot + group * LANES);
        const Channels<BOUND> channels(stage, group);
        Sums sums;
        Sums::each(pixels, [&](int p, int part) __attribute__((always_inline)) {
            const float* at = z + size_t(p) * next;
            expect_write(at, onward);
            const Vector u = channels.first(load(at)) - pivot;
            sums.add(part, u, u * u);
        });
        sums.into(stage.first + group * LANES, stage.second + group * LANES);
    }
}

// Computes dropout(activation(norm(u))) of a map.
template <int KIND, bool DROPS>
static void elements(const Stage& stage, const float* z, int image, float* out, Map to) {
    const int height = stage.height, width = stage.width, groups = stage.groups;
    const long onward = stage.onward * long(stage.map);
    for (int group = 0; group < groups; group++) {
        const Channels<KIND> channels(stage, group);
        const Mask<DROPS> mask(stage.dropout, size_t(image) * height * width * groups + group);
        const float* from = z + group * LANES;
        for (int y = 0, p = 0; y < height; y++) {
            float* into = out + y * to.row + group * LANES;
            for (int x = 0; x < width; x++, p++, into += to.pixel) {
                const float* at = from + size_t(p) * groups * LANES;
                expect(at, onward);
                store(into, mask(channels.whole(load(at)), size_t(p) * groups));
            }
        }
    }
}

// The mask of the dropout after pooling, which may be at rest.
struct Late {
    Mask<> mask;
    bool drops;

    Late(const Dropout& dropout, size_t begin) : mask(dropout, begin), drops(dropout.at_work()) {}
    Vector operator()(Vector value, size_t at) const { return drops ? mask(value, at) : value; }
};

// Calls f with the activation, and with whether the dropout is at work, as compile-time constants.
template <typename F>
static void by_elements(const Stage& stage, F f) {
    by_activation(stage.facts.activation, [&](auto kind) {
        if (stage.dropout.at_work()) return f(kind, std::true_type());
        f(kind, std::false_type());
    });
}

// The part of a map that is pooled to one pixel.
struct Window {
    int rows, columns;
    long row;
    int pixel;
    Vector part;

    explicit Window(const Stage& stage)
        : rows(stage.facts.pool_height),
          columns(stage.facts.pool_width),
          row(long(stage.width) * stage.out_pixel),
          pixel(stage.out_pixel),
          part(all(1.0f / (rows * columns))) {}
    int size() const { return rows * columns; }
    long corner(int y, int x) const { return y * rows * row + long(x) * columns * pixel; }
};

// Returns the largest dropout(ReLU(norm(u))) in a window and marks its position in `chosen`; of
// equal values, the first.
template <int KIND, bool DROPS>
static Vector most(const Window& window, const Channels<KIND>& channels, const Mask<DROPS>& mask, const float* z,
                   long corner, long onward, float* full, Bits* chosen) {
    Vector largest = all(NEVER);
    float* each = full;
    for (int i = 0; i < window.rows; i++)
        for (int j = 0; j < window.columns; j++, each += LANES) {
            const long place = corner + i * window.row + j * window.pixel;
            expect(z + place, onward);
            const Vector value = mask(channels.whole(load(z + place)), place / LANES);
            store(each, value);
            largest = at_least(value, largest);
        }
    Lanes open = Lanes{} - 1;
    for (int at = 0; at < window.size(); at++) {
        const Lanes taken = open & (load(full + at * LANES) == largest);
        chosen[at] = bits_of(taken);
        open &= ~taken;
    }
    return largest;
}

template <int KIND, bool DROPS>
static Vector average(const Window& window, const Channels<KIND>& channels, const Mask<DROPS>& mask,
                      const float* z, long corner, long onward) {
    Vector sum = {};
    for (int i = 0; i < window.rows; i++)
        for (int j = 0; j < window.columns; j++) {
            const long place = corner + i * window.row + j * window.pixel;
            expect(z + place, onward);
            sum += mask(channels.whole(load(z + place)), place / LANES);
        }
    return sum * window.part;
}

// Computes a of one image from z, for a stage with pooling: writes `kept`, and for max pooling the
// positions of the largest values.
template <int KIND, bool DROPS>
static void pool(Stage& stage, const float* z, int image) {
    const Window window(stage);
    const int height = stage.pooled_height, width = stage.pooled_width, groups = stage.groups;
    const bool largest = stage.facts.pool == LARGEST;
    float *out = stage.kept + image * stage.pooled, *full = stage.full;
    Bits* chosen = stage.chosen + (largest ? image * stage.map / LANES : 0);
    const long onward = stage.onward * long(stage.map);
    for (int group = 0; group < groups; group++) {
        const Channels<KIND> channels(stage, group);
        const Mask<DROPS> mask(stage.dropout, size_t(image) * stage.map / LANES + group);
        const Late late(stage.late, size_t(image) * stage.pooled / LANES + group);
        for (int y = 0, p = 0; y < height; y++)
            for (int x = 0; x < width; x++, p++) {
                const float* from = z + group * LANES;
                const long corner = window.corner(y, x);
                const size_t at = size_t(p) * groups;
                const Vector value =
                    largest ? most(window, channels, mask, from, corner, onward, full,
                                   chosen + (at + group) * window.size())
                            : average(window, channels, mask, from, corner, onward);
                store(out + (at + group) * LANES, late(value, at));
            }
    }
}

static void copy(const float* in, Map from, int height, int width, float* out, Map to) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < from.pixel; c += LANES)
                store(out + y * to.row + x * to.pixel + c,
                      load(in + y * from.row + x * from.pixel + c));
}

// Writes the activation a to the input of the next stage: from `kept` if pooled, else from z.
static void activate(Stage& stage, const float* z, int image, float* out, Map to) {
    if (stage.plain()) return copy(z, stage.map_of_z(), stage.height, stage.width, out, to);
    if (stage.facts.pool == NONE)
        return by_elements(stage,
                             [&](auto kind, auto drops) { elements<kind(), drops()>(stage, z, image, out, to); });
    const Map from{long(stage.pooled_width) * stage.out_pixel, stage.out_pixel};
    copy(stage.kept + image * stage.pooled, from, stage.pooled_height, stage.pooled_width, out, to);
}

// The same for the first use in a step, when `kept` has not been computed yet.
static void activate_anew(Stage& stage, const float* z, int image, float* out, Map to) {
    if (stage.facts.pool != NONE)
        by_elements(stage, [&](auto kind, auto drops) { pool<kind(), drops()>(stage, z, image); });
    activate(stage, z, image, out, to);
}

// Returns the gradient of the values before pooling, computed from the gradient of a.
static const float* spread(Stage& stage, const float* g, int image) {
    if (stage.facts.pool == NONE) return g;
    const Window window(stage);
    const int height = stage.pooled_height, width = stage.pooled_width, groups = stage.groups;
    const long onward = stage.onward * long(stage.pooled);
    const bool largest = stage.facts.pool == LARGEST;
    const Bits* chosen = stage.chosen + (largest ? image * stage.map / LANES : 0);
    float* out = stage.spread_;
    for (int group = 0; group < groups; group++) {
        const Late late(stage.late, size_t(image) * stage.pooled / LANES + group);
        for (int y = 0, p = 0; y < height; y++)
            for (int x = 0; x < width; x++, p++) {
                const size_t at = size_t(p) * groups;
                expect(g + (at + group) * LANES, onward);
                const Vector slope = late(load(g + (at + group) * LANES), at);
                const Bits* from = chosen + (at + group) * window.size();
                float* corner = out + window.corner(y, x) + group * LANES;
                for (int i = 0; i < window.rows; i++)
                    for (int j = 0; j < window.columns; j++)
                        store(corner + i * window.row + j * window.pixel,
                              largest ? keep(slope, *from++) : slope * window.part);
            }
    }
    return out;
}

// Adds the sums of dv and of dv (u - mean), which the backward pass of the norm needs for the whole
// batch.
template <int KIND, bool DROPS>
static void add_slopes_of(Stage& stage, const float* z, const float* g, int image) {
    const float* slopes = spread(stage, g, image);
    const int pixels = stage.height * stage.width, groups = stage.groups;
    const bool whole = stage.facts.pool == NONE;
    const long onward = stage.onward * long(stage.pooled);
    for (int group = 0; group < groups; group++) {
        const Channels<KIND> channels(stage, group);
        const Mask<DROPS> mask(stage.dropout, size_t(image) * pixels * groups + group);
        Sums sums;
        Sums::each(pixels, [&](int p, int part) __attribute__((always_inline)) {
            const size_t at = size_t(p) * groups, place = (at + group) * LANES;
            if (whole) expect_write(slopes + place, onward);
            const Vector u = channels.first(load(z + place));
            const Vector slope = mask(load(slopes + place), at);
            const Vector dv = channels.slope(u, slope);
            sums.add(part, dv, dv * (u - channels.mean));
        });
        sums.into(stage.first + group * LANES, stage.second + group * LANES);
    }
}

static void add_slopes(Stage& stage, const float* z, const float* g, int image) {
    if (stage.facts.norm)
        by_elements(stage,
                      [&](auto kind, auto drops) { add_slopes_of<kind(), drops()>(stage, z, g, image); });
}

// Computes dz of one image from the gradient of a and writes it to `slopes`, with
// du = ahead dv + across (u - mean) + offset.
template <int KIND, bool DROPS>
static void differentiate_of(Stage& stage, const float* z, const float* g, int image) {
    const float* slopes = spread(stage, g, image);
    const int height = stage.height, width = stage.width, groups = stage.groups;
    const bool whole = stage.facts.pool == NONE;
    const long onward = stage.onward * long(stage.map);
    const long onward_g = stage.onward * long(stage.pooled);
    const Map to = stage.slope_map();
    for (int group = 0; group < groups; group++) {
        const Channels<KIND> channels(stage, group);
        const Mask<DROPS> mask(stage.dropout, size_t(image) * height * width * groups + group);
        const Vector ahead = load(stage.ahead + group * LANES);
        const Vector across = load(stage.across + group * LANES);
        const Vector offset = load(stage.offset + group * LANES);
        Vector sum = {};
        for (int y = 0, p = 0; y < height; y++) {
            float* out = stage.slopes_inside() + y * to.row + group * LANES;
            for (int x = 0; x < width; x++, p++, out += to.pixel) {
                const size_t at = size_t(p) * groups, place = (at + group) * LANES;
                expect(z + place, onward);
                if (whole) expect(slopes + place, onward_g);
                const Vector value = load(z + place), u = channels.first(value);
                const Vector slope = mask(load(slopes + place), at);
                const Vector dv = channels.slope(u, slope);
                const Vector du = ahead * dv + across * (u - channels.mean) + offset;
                const Vector dz = where_above(value, channels.low_first, du);
                sum += dz;
                store(out, dz);
            }
        }
        for (int lane = 0; lane < LANES; lane++)
            stage.bias_change[group * LANES + lane] += sum[lane];
    }
}

static void differentiate(Stage& stage, const float* z, const float* g, int image) {
    by_elements(stage,
                  [&](auto kind, auto drops) { differentiate_of<kind(), drops()>(stage, z, g, image); });
}
