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

struct Network {
    std::vector<std::unique_ptr<Stage>> stages;
    int channels, height, width, batch;

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

    // writes the input of stage i for one image of the batch
    void feed(size_t i, const float* image, int n, bool anew) {
        if (!i) return show(image);
        Stage &before = *stages[i - 1], &stage = *stages[i];
        const Map to{stage.row, stage.pixel};
        (anew ? activate_anew : activate)(before, before.z + n * before.map, n, stage.inside(), to);
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
                feed(i, images + places[n] * channels * height * width, n, true);
                stage.convolve_image(given[i].bias, stage.z + n * stage.map);
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
            for (int n = 0; n < count; n++) {
                feed(i, images + places[n] * channels * height * width, n, false);
                differentiate(stage, stage.z + n * stage.map, stage.g + n * stage.pooled, n);
                stage.weigh_image();
                if (i) give_back(stage, *stages[i - 1], n);
            }
            stage.unpack(out[i].weight);
            for (int o = 0; out[i].bias && o < stage.facts.outputs; o++)
                out[i].bias[o] = float(stage.bias_change[o]);
        }
    }

    static void give_back(Stage& stage, Stage& before, int n) {
        float* g = before.g + n * before.pooled;
        stage.return_image(g);
        add_slopes(before, before.z + n * before.map, g, n);
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
    int pixel = pixel_of(facts[0].channels, true);
    for (int i = 0; i < count; i++) {
        const int out_pixel = pixel_of(facts[i].outputs, false);
        const bool far = facts[i].padding >= facts[i].kernel_height ||
                         facts[i].padding >= facts[i].kernel_width;
        if (pixel > WIDEST || out_pixel > WIDEST || far) return nullptr;
        network->stages.push_back(std::make_unique<Stage>());
        network->stages.back()->open(facts[i], pixel, rates[2 * i], rates[2 * i + 1], batch);
        pixel = out_pixel;
    }
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
            network->feed(i, images + n * pixels, 0, true);
            network->stages[i]->convolve_image(weights[i].bias, network->stages[i]->z);
        }
        activate_anew(last, last.z, 0, last.g, Map{0, last.out_pixel});
        std::memcpy(logits + n * last.facts.outputs, (float*)last.g,
                    sizeof(float) * last.facts.outputs);
    }
}
}
