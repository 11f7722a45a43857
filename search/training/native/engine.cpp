// A training step of a small network on one core: forward pass, loss and gradients.
//
// The loops run over the stages, and within a stage over the images, so that each pass finds the
// results of the previous pass in the cache. The optimiser, the averaged weights and the seeds are
// handled in torch and Python. Sums over one image are floats; they are added up over the batch in
// doubles.
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
// and after the last one the gradient is complete.
struct Link {
    int stage;
    bool first_to_read, first_to_write, last_to_write;
};

struct Network {
    std::vector<std::unique_ptr<Stage>> stages;
    std::vector<std::vector<Link>> links;  // of each stage
    int channels, height, width, batch;
    Buffer<float> part, gate;  // one image: the largest map, and one pixel

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

    // writes the output of a stage that stage i reads, for one image of the batch
    void read(const Link& link, int n, bool anew, float* out, Map to) {
        Stage& from = *stages[link.stage];
        const float* z = from.z + n * from.map;
        (anew && link.first_to_read ? activate_anew : activate)(from, z, n, out, to);
    }

    // writes the input of stage i for one image of the batch
    void feed(size_t i, const float* image, int n, bool anew) {
        Stage& stage = *stages[i];
        if (links[i].empty()) return show(image);
        read(links[i][0], n, anew, stage.inside(), Map{stage.row, stage.pixel});
    }

    // computes z of stage i for one image of the batch
    void compute(size_t i, const Weights& given, const float* image, int n) {
        Stage& stage = *stages[i];
        float* z = stage.z + n * stage.map;
        if (stage.facts.operation == SUM) return add_up(i, z, n);
        if (stage.facts.operation == SCALE) return scale(i, z, n);
        feed(i, image, n, true);
        stage.operate(given.bias, z);
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

    void forward(const Weights* given, const float* images, const int64_t* places, int count) {
        for (size_t i = 0; i < stages.size(); i++) {
            Stage& stage = *stages[i];
            stage.first.clear();
            stage.second.clear();
            for (int n = 0; n < count; n++) {
                compute(i, given[i], images + places[n] * channels * height * width, n);
                if (stage.facts.norm) add_moments(stage, stage.z + n * stage.map);
            }
            if (stage.facts.norm)
                normalise(stage, given[i], double(count) * stage.height * stage.width);
            else
                pass(stage);
        }
    }

    // computes loss and correct answers of the batch, and the gradient of the last stage's output
    void answer(const int64_t* labels, int count, float smoothing, double* told) {
        Stage& stage = last();
        const int classes = stage.facts.outputs;
        double loss = 0, correct = 0;
        for (int n = 0; n < count; n++) {
            float* logits = stage.g + n * stage.pooled;
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
        }
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

    void backward(const Weights* given, const Gradients* out, const float* images,
                  const int64_t* places, int count) {
        for (size_t i = stages.size(); i--;) {
            Stage& stage = *stages[i];
            settle_slopes(stage, given[i], out[i], double(count) * stage.height * stage.width);
            stage.changes.clear();
            stage.bias_change.clear();
            for (int n = 0; n < count; n++)
                give_back(i, images + places[n] * channels * height * width, n);
            stage.unpack(out[i].weight);
            for (int o = 0; out[i].bias && o < stage.facts.outputs; o++)
                out[i].bias[o] = float(stage.bias_change[o]);
        }
    }

    // computes dz of one image, and from it the gradients of weights and of the stages that it reads
    void give_back(size_t i, const float* image, int n) {
        Stage& stage = *stages[i];
        const float *z = stage.z + n * stage.map, *g = stage.g + n * stage.pooled;
        if (stage.facts.operation == SUM || stage.facts.operation == SCALE) {
            if (!stage.plain()) differentiate(stage, z, g, n);
            const float* dz = stage.plain() ? g : stage.slopes_inside();
            return stage.facts.operation == SUM ? give_sum(i, dz, n) : give_scale(i, dz, n);
        }
        if (stage.facts.operation != MEAN) feed(i, image, n, false);
        differentiate(stage, z, g, n);
        if (stage.weighted()) stage.weigh_image();
        if (links[i].empty()) return;
        const Link& link = links[i][0];
        float* to = gradient_of(link, n);
        stage.return_image(link.first_to_write ? to : part);
        if (!link.first_to_write) add(to, part, stages[link.stage]->pooled);
        complete(link, n);
    }

    void give_sum(size_t i, const float* dz, int n) {
        const size_t count = stages[i]->map;
        for (const Link& link : links[i]) {
            float* to = gradient_of(link, n);
            if (link.first_to_write)
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
        float *to = gradient_of(features, n), *to_gate = gradient_of(factors, n);
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

    float* gradient_of(const Link& link, int n) {
        Stage& stage = *stages[link.stage];
        return stage.g + n * stage.pooled;
    }

    void complete(const Link& link, int n) {
        Stage& stage = *stages[link.stage];
        if (link.last_to_write)
            add_slopes(stage, stage.z + n * stage.map, gradient_of(link, n), n);
    }

    // records which stages each stage reads
    void connect() {
        std::vector<Link*> first(stages.size());
        links.resize(stages.size());
        size_t largest = 0;
        for (size_t i = 0; i < stages.size(); i++) {
            const Facts& facts = stages[i]->facts;
            for (int from : {facts.source, facts.second})
                if (from >= 0) links[i].push_back(Link{from, false, false, false});
            largest = std::max({largest, stages[i]->map, stages[i]->pooled});
        }
        for (auto& each : links)
            for (Link& link : each)
                if (!first[link.stage]) first[link.stage] = &link;
        for (size_t i = 0; i + 1 < stages.size(); i++) first[i]->first_to_read = true;
        // the backward pass visits the readers from the last stage to the first
        for (size_t i = 0; i + 1 < stages.size(); i++) {
            writer(i, false)->first_to_write = true;
            writer(i, true)->last_to_write = true;
        }
        part.reset(largest);
        gate.reset(WIDEST);
    }

    // returns the link to a stage that the backward pass visits last, or first
    Link* writer(size_t stage, bool is_last) {
        Link* found = nullptr;
        for (size_t i = stages.size(); i--;)
            for (Link& link : links[i])
                if (link.stage == int(stage)) {
                    found = &link;
                    if (!is_last) return found;
                }
        return found;
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
    network->pack(weights);
    for (auto& stage : network->stages) {
        stage->dropout.move(step);
        stage->late.move(step);
    }
    network->forward(weights, images, places, count);
    for (auto& stage : network->stages) {
        stage->first.clear();
        stage->second.clear();
    }
    network->answer(labels, count, smoothing, told);
    network->backward(weights, gradients, images, places, count);
}

// Computes logits (count, outputs) of images (count, channels, height, width), with the running
// statistics and without dropout.
void frugal_classify(void* opened, const Weights* weights, const float* images, int64_t count,
                     float* logits) {
    auto* network = static_cast<Network*>(opened);
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
        for (size_t i = 0; i < network->stages.size(); i++) {
            network->compute(i, weights[i], images + n * pixels, 0);
        }
        activate_anew(last, last.z, 0, last.g, Map{0, last.out_pixel});
        std::memcpy(logits + n * last.facts.outputs, (float*)last.g,
                    sizeof(float) * last.facts.outputs);
    }
}
}
