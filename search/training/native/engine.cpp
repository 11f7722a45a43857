// A training step of a small network on one core: forward pass, loss and gradients.
//
// The loops run over the stages, and within a stage over the images. Only a norm needs such a pass:
// it reads the whole batch. A stage without a norm is computed for one image when it is first read.
// Each pass visits the images in the opposite order of the pass before, so that it starts with those
// that are still in the cache. The optimiser, the averaged weights and the seeds are handled in torch
// and Python. Sums over one image are floats; they are added up over the batch in doubles.
#include <memory>
#include <vector>

#include "elements.h"

namespace {

struct Weights {  // of one stage, in torch's layout; null if the stage has none
    float *weight, *bias, *gain, *shift, *mean, *variance;
};
struct Gradients {
    float *weight, *bias, *gain, *shift;
};

// A stage that another stage reads. In the forward pass the first reader of an image computes its
// pooling; in the backward pass the first reader to write its gradient overwrites, the others add,
// and after the last one the gradient is complete. pass: number of the pass of the backward loop in
// which the gradient is written. shared: both stages have their gradients in the same memory.
struct Link {
    int stage;
    bool first_to_read = false, first_to_write = false, last_to_write = false, shared = false;
    int pass = 0;
};

struct Network {
    std::vector<std::unique_ptr<Stage>> stages;
    std::vector<std::vector<Link>> links;  // of each stage
    int channels, height, width, batch;
    const Weights* given = nullptr;     // of the current call: by stage
    const float* images = nullptr;      // of the current call
    const int64_t* places = nullptr;    // positions of the batch in `images`; null: the first ones
    Buffer<float> part, gate;  // one image: the largest map, and one pixel
    bool forth = false;        // direction of the last pass over the images

    Stage& last() { return *stages.back(); }

    void pack(const Weights* given) {
        for (size_t i = 0; i < stages.size(); i++) stages[i]->pack(given[i].weight);
    }

    // copies an image (channels, height, width) to the input of the first stage, channels last
    void show(const float* image) {
        Stage& stage = *stages[0];
        for (int c = 0; c < channels; c++)
            for (int y = 0; y < height; y++) {
                float* into = stage.inside() + y * stage.row + c;
                for (int x = 0; x < width; x++, into += stage.pixel) *into = *image++;
            }
    }

    // whether a stage is computed when it is first read
    bool is_lazy(size_t i) const { return !stages[i]->facts.norm && i + 1 < stages.size(); }
    // whether the gradient of a stage is passed on as it is
    bool is_transparent(size_t i) const {
        return stages[i]->facts.operation == SUM && stages[i]->plain() && i + 1 < stages.size();
    }

    const float* image_of(int n) const {
        return images + (places ? places[n] : n) * channels * height * width;
    }

    // calls f(n) for every image of the batch, in the opposite order of the last time
    template <typename F>
    void each_image(int count, F f) {
        forth = !forth;
        for (auto& stage : stages) stage->onward = forth ? 1 : -1;
        for (int n = 0; n < count; n++) f(forth ? n : count - 1 - n);
    }

    // writes the output of a stage that stage i reads, for one image of the batch
    void read(const Link& link, int n, bool anew, float* out, Map to) {
        Stage& from = *stages[link.stage];
        if (anew && link.first_to_read && is_lazy(link.stage)) compute(link.stage, n);
        const float* z = from.z + n * from.map;
        (anew && link.first_to_read ? activate_anew : activate)(from, z, n, out, to);
    }

    // writes the input of stage i for one image of the batch
    void feed(size_t i, int n, bool anew) {
        Stage& stage = *stages[i];
        if (links[i].empty()) return show(image_of(n));
        read(links[i][0], n, anew, stage.inside(), Map{stage.row, stage.pixel});
    }

    // computes z of stage i for one image of the batch
    void compute(size_t i, int n) {
        Stage& stage = *stages[i];
        float* z = stage.z + n * stage.map;
        if (stage.facts.operation == SUM) return add_up(i, z, n);
        if (stage.facts.operation == SCALE) return scale(i, z, n);
        feed(i, n, true);
        stage.operate(given[i].bias, z);
    }

    void add_up(size_t i, float* z, int n) {
        Stage& stage = *stages[i];
        read(links[i][0], n, true, z, stage.map_of_z());
        for (size_t k = 1; k < links[i].size(); k++) {
            read(links[i][k], n, true, part, stage.map_of_z());
            add(z, part, stage.map);
        }
    }

    void scale(size_t i, float* z, int n) {
        Stage& stage = *stages[i];
        read(links[i][0], n, true, z, stage.map_of_z());
        read(links[i][1], n, true, gate, Map{0, stage.out_pixel});
        for (size_t at = 0; at < stage.map; at += LANES)
            store(z + at, load(z + at) * load(gate + at % stage.out_pixel));
    }

    static void add(float* to, const float* values, size_t count) {
        for (size_t at = 0; at < count; at += LANES)
            store(to + at, load(to + at) + load(values + at));
    }

    void normalise(Stage& stage, const Weights& given, double count) {
        for (int o = 0; o < stage.facts.outputs; o++) {
            const double mean = stage.first[o] / count;
            const double variance = std::max(stage.second[o] / count - mean * mean, 0.0);
            const double whole = mean + stage.pivot[o], deviation = std::sqrt(variance + EPSILON);
            const double unbiased = count > 1 ? variance * count / (count - 1) : NAN;
            given.mean[o] += MOMENTUM * float(whole - given.mean[o]);
            given.variance[o] += MOMENTUM * float(unbiased - given.variance[o]);
            settle(stage, o, given, whole, deviation);
            stage.pivot[o] = float(whole);  // close to the mean of the next batch
        }
    }

    static void settle(Stage& stage, int o, const Weights& given, double mean, double deviation) {
        stage.mean[o] = float(mean);
        stage.spread_of[o] = float(1 / deviation);
        stage.scale[o] = float(given.gain[o] / deviation);
        stage.shift[o] = float(given.shift[o] - mean * given.gain[o] / deviation);
    }

    static void pass(Stage& stage) {  // for a stage without a norm
        for (int o = 0; o < stage.facts.outputs; o++) {
            stage.scale[o] = stage.ahead[o] = 1;
            stage.shift[o] = stage.mean[o] = stage.across[o] = stage.offset[o] = 0;
        }
    }

    void forward(int count) {
        for (size_t i = 0; i < stages.size(); i++) {
            Stage& stage = *stages[i];
            stage.first.clear();
            stage.second.clear();
            if (!stage.facts.norm) pass(stage);
            if (is_lazy(i)) continue;
            each_image(count, [&](int n) {
                compute(i, n);
                if (stage.facts.norm) add_moments(stage, stage.z + n * stage.map);
            });
            if (stage.facts.norm)
                normalise(stage, given[i], double(count) * stage.height * stage.width);
        }
    }

    // computes loss and correct answers of the batch, and the gradient of the last stage's output
    void answer(const int64_t* labels, int count, float smoothing, double* told) {
        Stage& stage = last();
        const int classes = stage.facts.outputs;
        double loss = 0, correct = 0;
        each_image(count, [&](int n) {
            float* logits = stage.gradient(n);
            activate_anew(stage, stage.z + n * stage.map, n, logits, Map{0, stage.out_pixel});
            const bool known = labels[n] >= 0 && labels[n] < classes;
            const int label = known ? int(labels[n]) : 0;
            if (!known) loss = NAN;
            int largest = 0;
            for (int c = 1; c < classes; c++)
                if (logits[c] > logits[largest]) largest = c;
            correct += largest == label;
            double total = 0, mean = 0;
            for (int c = 0; c < classes; c++) {
                total += std::exp(double(logits[c]) - logits[largest]);
                mean += logits[c] / double(classes);
            }
            const double norm = std::log(total) + logits[largest];
            loss += norm - (1 - smoothing) * logits[label] - smoothing * mean;
            for (int c = 0; c < classes; c++) {
                const double wanted = (1 - smoothing) * (c == label) + smoothing / classes;
                logits[c] = float((std::exp(logits[c] - norm) - wanted) / count);
            }
            add_slopes(stage, stage.z + n * stage.map, logits, n);
        });
        told[0] = loss / count;
        told[1] = correct;
    }

    // computes the factors of dz and the gradients of the norm from the sums over the batch
    void settle_slopes(Stage& stage, const Weights& given, const Gradients& out, double count) {
        for (int o = 0; stage.facts.norm && o < stage.facts.outputs; o++) {
            const double inverse = stage.spread_of[o], gain = given.gain[o] * inverse;
            out.gain[o] = float(inverse * stage.second[o]);
            out.shift[o] = float(stage.first[o]);
            stage.ahead[o] = float(gain);
            stage.across[o] = float(-gain * inverse * inverse * stage.second[o] / count);
            stage.offset[o] = float(-gain * stage.first[o] / count);
        }
    }

    void backward(const Gradients* out, int count) {
        for (size_t i = stages.size(); i--;) {
            if (is_transparent(i)) continue;
            Stage& stage = *stages[i];
            settle_slopes(stage, given[i], out[i], double(count) * stage.height * stage.width);
            stage.changes.clear();
            stage.bias_change.clear();
            each_image(count, [&](int n) { give_back(i, n); });
            stage.unpack(out[i].weight);
            for (int o = 0; out[i].bias && o < stage.facts.outputs; o++)
                out[i].bias[o] = float(stage.bias_change[o]);
        }
    }

    // computes dz of one image, and from it the gradients of weights and of the stages that it reads
    void give_back(size_t i, int n) {
        Stage& stage = *stages[i];
        const float *z = stage.z + n * stage.map, *g = stage.gradient(n);
        if (stage.facts.operation == SUM || stage.facts.operation == SCALE) {
            if (!stage.plain()) differentiate(stage, z, g, n);
            const float* dz = stage.plain() ? g : stage.slopes_inside();
            return stage.facts.operation == SUM ? give_sum(i, dz, n) : give_scale(i, dz, n);
        }
        if (stage.facts.operation != MEAN) feed(i, n, false);
        differentiate(stage, z, g, n);
        if (stage.weighted()) stage.weigh_image();
        if (links[i].empty()) return;
        const Link& link = links[i][0];
        float* to = stages[link.stage]->gradient(n);
        stage.return_image(link.first_to_write ? to : part);
        if (!link.first_to_write) add(to, part, stages[link.stage]->pooled);
        complete(link, n);
    }

    void give_sum(size_t i, const float* dz, int n) {
        const size_t count = stages[i]->map;
        for (const Link& link : links[i]) {
            float* to = stages[link.stage]->gradient(n);
            if (link.shared) {
            } else if (link.first_to_write)
                std::memcpy(to, dz, count * sizeof(float));
            else
                add(to, dz, count);
            complete(link, n);
        }
    }

    void give_scale(size_t i, const float* dz, int n) {
        Stage& stage = *stages[i];
        const Link &features = links[i][0], &factors = links[i][1];
        read(features, n, false, part, stage.map_of_z());
        read(factors, n, false, gate, Map{0, stage.out_pixel});
        float* to = stages[features.stage]->gradient(n);
        float* to_gate = stages[factors.stage]->gradient(n);
        for (int group = 0; group < stage.out_pixel; group += LANES) {
            const Vector factor = load(gate + group);
            Vector sum = factors.first_to_write ? Vector{} : load(to_gate + group);
            for (size_t at = group; at < stage.map; at += stage.out_pixel) {
                const Vector slope = load(dz + at), own = slope * factor;
                sum += slope * load(part + at);
                store(to + at, features.first_to_write ? own : load(to + at) + own);
            }
            store(to_gate + group, sum);
        }
        complete(features, n);
        complete(factors, n);
    }

    // continues with the gradient of a stage once all its readers have written it
    void complete(const Link& link, int n) {
        Stage& stage = *stages[link.stage];
        if (!link.last_to_write) return;
        if (is_transparent(link.stage)) return give_sum(link.stage, stage.gradient(n), n);
        add_slopes(stage, stage.z + n * stage.map, stage.gradient(n), n);
    }

    // finds out in which order the stages read each other
    void connect() {
        const size_t count = stages.size();
        links.resize(count);
        size_t largest = 0;
        for (size_t i = 0; i < count; i++) {
            for (int from : {stages[i]->facts.source, stages[i]->facts.second})
                if (from >= 0) {
                    links[i].emplace_back();
                    links[i].back().stage = from;
                }
            largest = std::max({largest, stages[i]->map, stages[i]->pooled});
        }
        part.reset(largest);
        gate.reset(WIDEST);
        std::vector<bool> seen(count);
        for (size_t i = 0; i < count; i++)
            if (!is_lazy(i)) follow_reads(i, seen);
        std::vector<int> readers(count), written(count);
        for (auto& each : links)
            for (Link& link : each) readers[link.stage]++;
        for (size_t i = count; i--;)
            if (!is_transparent(i)) follow_writes(i, int(i), readers, written);
        for (size_t i = count; i--;)
            if (is_transparent(i)) share(i, readers);
    }

    void follow_reads(size_t i, std::vector<bool>& seen) {
        for (Link& link : links[i]) {
            if (seen[link.stage]) continue;
            seen[link.stage] = link.first_to_read = true;
            if (is_lazy(link.stage)) follow_reads(link.stage, seen);
        }
    }

    void follow_writes(size_t i, int pass, const std::vector<int>& readers,
                       std::vector<int>& written) {
        for (Link& link : links[i]) {
            link.pass = pass;
            link.first_to_write = !written[link.stage]++;
            link.last_to_write = written[link.stage] == readers[link.stage];
            if (link.last_to_write && is_transparent(link.stage))
                follow_writes(link.stage, pass, readers, written);
        }
    }

    // lets the stages that sum i reads use the memory of its gradient, where none of them changes it
    // before the others have read it
    void share(size_t i, const std::vector<int>& readers) {
        const size_t all = links[i].size();
        for (size_t k = 0; k < all; k++) {
            Link &link = links[i][k], &other = links[i][all - 1 - k];
            const bool alone = readers[link.stage] == 1;
            const bool late = all == 2 && readers[other.stage] == 1 && link.first_to_write &&
                              !is_transparent(other.stage) && first_change(i, link) <= other.stage;
            if (alone || late) {
                link.shared = true;
                stages[link.stage]->memory = stages[i]->memory;
            }
        }
    }

    // returns the number of the first pass that changes the gradient that a sum has written
    int first_change(size_t sum, const Link& given) const {
        int pass = -1;
        for (size_t i = 0; i < stages.size(); i++)
            for (const Link& link : links[i])
                if (link.stage == given.stage && i != sum) pass = std::max(pass, link.pass);
        return pass;
    }
};

}  // namespace

extern "C" {

// Returns null if the engine does not support a stage or if there is not enough memory.
void* frugal_open(const Facts* facts, const float* rates, int count, int batch) try {
#if !defined(__AVX2__)
    return nullptr;  // only tested on AVX2 and AVX-512
#endif
    auto network = std::make_unique<Network>();
    network->channels = facts[0].channels;
    network->height = facts[0].height;
    network->width = facts[0].width;
    network->batch = batch;
    for (int i = 0; i < count; i++) {
        const bool image = facts[i].source < 0;
        const int pixel = pixel_of(facts[i].channels, image);
        const int out_pixel = pixel_of(facts[i].outputs, false);
        const bool far = facts[i].padding >= facts[i].kernel_height ||
                         facts[i].padding >= facts[i].kernel_width;
        const bool apart = facts[i].stride > 2 && facts[i].operation == DENSE;
        if (pixel > WIDEST || out_pixel > WIDEST || far || apart) return nullptr;
        network->stages.push_back(std::make_unique<Stage>());
        network->stages.back()->open(facts[i], pixel, rates[2 * i], rates[2 * i + 1], batch);
    }
    network->connect();
    return network.release();
} catch (const std::bad_alloc&) {
    return nullptr;
}

void frugal_close(void* network) { delete static_cast<Network*>(network); }

// Starts an epoch: draws the dropout masks.
void frugal_begin(void* opened, uint64_t seed) {
    auto* network = static_cast<Network*>(opened);
    for (size_t i = 0; i < network->stages.size(); i++) {
        Stage& stage = *network->stages[i];
        const size_t vectors = size_t(network->batch) * stage.groups;
        stage.dropout.draw(drawn(seed, 2 * i), vectors * stage.height * stage.width);
        stage.late.draw(drawn(seed, 2 * i + 1), vectors * stage.pooled_height * stage.pooled_width);
    }
}

// Computes the gradients of one step, overwriting the previous ones, and updates the running
// statistics. told: receives the mean loss and the number of correct answers.
void frugal_learn(void* opened, const Weights* weights, const Gradients* gradients,
                  const float* images, const int64_t* places, const int64_t* labels, int count,
                  float smoothing, int step, double* told) {
    auto* network = static_cast<Network*>(opened);
    network->given = weights;
    network->images = images;
    network->places = places;
    network->pack(weights);
    for (auto& stage : network->stages) {
        stage->dropout.move(step);
        stage->late.move(step);
    }
    network->forward(count);
    for (auto& stage : network->stages) {
        stage->first.clear();
        stage->second.clear();
    }
    network->answer(labels, count, smoothing, told);
    network->backward(gradients, count);
}

// Computes logits (count, outputs) of images (count, channels, height, width), with the running
// statistics and without dropout.
void frugal_classify(void* opened, const Weights* weights, const float* images, int64_t count,
                     float* logits) {
    auto* network = static_cast<Network*>(opened);
    network->given = weights;
    network->places = nullptr;
    network->pack(weights);
    for (size_t i = 0; i < network->stages.size(); i++) {
        Stage& stage = *network->stages[i];
        stage.dropout.rest();
        stage.late.rest();
        if (!stage.facts.norm) network->pass(stage);
        for (int o = 0; stage.facts.norm && o < stage.facts.outputs; o++)
            network->settle(stage, o, weights[i], weights[i].mean[o],
                            std::sqrt(double(weights[i].variance[o]) + EPSILON));
    }
    Stage& last = network->last();
    const size_t pixels = size_t(network->channels) * network->height * network->width;
    for (int64_t n = 0; n < count; n++) {
        network->images = images + n * pixels;
        for (size_t i = 0; i < network->stages.size(); i++)
            if (!network->is_lazy(i)) network->compute(i, 0);
        activate_anew(last, last.z, 0, last.g, Map{0, last.out_pixel});
        std::memcpy(logits + n * last.facts.outputs, (float*)last.g,
                    sizeof(float) * last.facts.outputs);
    }
}
}
