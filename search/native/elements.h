// What a stage does element by element, one image at a time, forward and backward.
//
// Loops run over one group of 16 channels and read what they need of the stage into locals first:
// a store of floats might, for all the compiler knows, change the stage itself.
#pragma once
#include "stage.h"

// A stage's factors for one group of channels.
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
    Vector whole(Vector z) const { return at_least(norm(first(z)), low); }
};

// Two sums over a map, each in four parts, for an addition takes four cycles.
struct Sums {
    Vector one[4] = {}, two[4] = {};

    void add(int at, Vector first, Vector second) {
        one[at % 4] += first;
        two[at % 4] += second;
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

// Sums of u and of its square, less the pivot, for the batch's mean and deviation.
static void add_moments(Stage& stage, const float* z) {
    const int pixels = stage.height * stage.width, next = stage.out_pixel;
    for (int group = 0; group < stage.groups; group++, z += LANES) {
        const Vector pivot = load(stage.pivot + group * LANES);
        const Channels channels(stage, group);
        Sums sums;
        const float* at = z;
        for (int p = 0; p < pixels; p++, at += next) {
            const Vector u = channels.first(load(at)) - pivot;
            sums.add(p, u, u * u);
        }
        sums.into(stage.first + group * LANES, stage.second + group * LANES);
    }
}

// dropout(ReLU(norm(u))) of a map.
static void elements(const Stage& stage, const float* z, int image, float* out, Map to) {
    const int height = stage.height, width = stage.width, groups = stage.groups;
    for (int group = 0; group < groups; group++) {
        const Channels channels(stage, group);
        const Mask mask(stage.dropout, size_t(image) * height * width * groups + group);
        const float* from = z + group * LANES;
        for (int y = 0, p = 0; y < height; y++) {
            float* into = out + y * to.row + group * LANES;
            for (int x = 0; x < width; x++, p++, into += to.pixel)
                store(into, mask(channels.whole(load(from + size_t(p) * groups * LANES)),
                                 size_t(p) * groups));
        }
    }
}

// The part of a map that becomes one pixel.
struct Window {
    int rows, columns;
    long row;
    int pixel;
    bool largest;
    Vector part;

    explicit Window(const Stage& stage)
        : rows(stage.facts.pool ? stage.facts.pool_height : 1),
          columns(stage.facts.pool ? stage.facts.pool_width : 1),
          row(long(stage.width) * stage.out_pixel),
          pixel(stage.out_pixel),
          largest(stage.facts.pool == LARGEST),
          part(all(1.0f / (rows * columns))) {}
    long corner(int y, int x) const { return y * rows * row + long(x) * columns * pixel; }
    Vector most(const float* map) const {
        Vector value = load(map);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) value = at_least(load(map + i * row + j * pixel), value);
        return value;
    }
    Vector average(const float* map) const {
        Vector value = {};
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) value += load(map + i * row + j * pixel);
        return value * part;
    }
};

// The stage's activation a, from z, written where the next stage reads it.
static void activate(Stage& stage, const float* z, int image, float* out, Map to) {
    const bool pools = stage.facts.pool != NONE;
    if (!pools && !stage.late.at_work()) return elements(stage, z, image, out, to);
    const Window window(stage);
    float* full = stage.full;
    elements(stage, z, image, full, Map{window.row, window.pixel});
    const int height = stage.pooled_height, width = stage.pooled_width, groups = stage.groups;
    for (int group = 0; group < groups; group++) {
        const Mask mask(stage.late, size_t(image) * height * width * groups + group);
        for (int y = 0, p = 0; y < height; y++)
            for (int x = 0; x < width; x++, p++) {
                const float* from = full + window.corner(y, x) + group * LANES;
                const Vector value = window.largest ? window.most(from) : window.average(from);
                store(out + y * to.row + x * to.pixel + group * LANES,
                      mask(value, size_t(p) * groups));
            }
    }
}

// Where pooling took its value from, the gradient goes; the first of equal ones takes all.
static void give_largest(const Window& window, const float* full, Vector slope, float* out) {
    const Vector largest = window.most(full);
    Lanes open = Lanes{} - 1;
    for (int i = 0; i < window.rows; i++)
        for (int j = 0; j < window.columns; j++) {
            const long place = i * window.row + j * window.pixel;
            const Lanes taken = open & (load(full + place) == largest);
            store(out + place, (Vector)((Lanes)slope & taken));
            open &= ~taken;
        }
}

// The gradient after dropout and before pooling, from that of a: where it lies.
static const float* spread(Stage& stage, const float* z, const float* g, int image) {
    if (stage.facts.pool == NONE && !stage.late.at_work()) return g;
    const Window window(stage);
    float *full = stage.full, *out = stage.spread_;
    if (window.largest) elements(stage, z, image, full, Map{window.row, window.pixel});
    const int height = stage.pooled_height, width = stage.pooled_width, groups = stage.groups;
    for (int group = 0; group < groups; group++) {
        const Mask mask(stage.late, size_t(image) * height * width * groups + group);
        for (int y = 0, p = 0; y < height; y++)
            for (int x = 0; x < width; x++, p++) {
                const size_t at = size_t(p) * groups;
                const Vector slope = mask(load(g + (at + group) * LANES), at);
                const long corner = window.corner(y, x) + group * LANES;
                if (window.largest) {
                    give_largest(window, full + corner, slope, out + corner);
                    continue;
                }
                for (int i = 0; i < window.rows; i++)
                    for (int j = 0; j < window.columns; j++)
                        store(out + corner + i * window.row + j * window.pixel, slope * window.part);
            }
    }
    return out;
}

// Sums of dv and of dv (u - mean), which the backward pass of the norm needs of the whole batch.
static void add_slopes(Stage& stage, const float* z, const float* g, int image) {
    if (!stage.facts.norm) return;
    const float* slopes = spread(stage, z, g, image);
    const int pixels = stage.height * stage.width, groups = stage.groups;
    for (int group = 0; group < groups; group++) {
        const Channels channels(stage, group);
        const Mask mask(stage.dropout, size_t(image) * pixels * groups + group);
        Sums sums;
        for (int p = 0; p < pixels; p++) {
            const size_t at = size_t(p) * groups, place = (at + group) * LANES;
            const Vector u = channels.first(load(z + place));
            const Vector slope = mask(load(slopes + place), at);
            const Vector dv = where_above(channels.norm(u), channels.low, slope);
            sums.add(p, dv, dv * (u - channels.mean));
        }
        sums.into(stage.first + group * LANES, stage.second + group * LANES);
    }
}

// dz of one image into `slopes`, from the gradient of a; du = ahead dv + across (u - mean) + offset.
static void differentiate(Stage& stage, const float* z, const float* g, int image) {
    const float* slopes = spread(stage, z, g, image);
    const int height = stage.height, width = stage.width, groups = stage.groups;
    const int next = stage.out_pixel;
    for (int group = 0; group < groups; group++) {
        const Channels channels(stage, group);
        const Mask mask(stage.dropout, size_t(image) * height * width * groups + group);
        const Vector ahead = load(stage.ahead + group * LANES);
        const Vector across = load(stage.across + group * LANES);
        const Vector offset = load(stage.offset + group * LANES);
        Vector sum = {};
        for (int y = 0, p = 0; y < height; y++) {
            float* out = stage.slopes_inside() + y * stage.slope_row + group * LANES;
            for (int x = 0; x < width; x++, p++, out += next) {
                const size_t at = size_t(p) * groups, place = (at + group) * LANES;
                const Vector value = load(z + place), u = channels.first(value);
                const Vector slope = mask(load(slopes + place), at);
                const Vector dv = where_above(channels.norm(u), channels.low, slope);
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
