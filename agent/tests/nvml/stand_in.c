/* A stand-in for NVIDIA's libnvidia-ml.so: plays what stands in the file "play" beside it, read anew for each call.
 *
 * Lines are "NAME VALUE": "driver 535.54.03", "count 2", and for each device "0.temperature 27". A reading that is
 * not there is answered with "not supported", as a card does. "0.lost 1" lets a device fall off the bus, "0.xid 79"
 * reports an error once. Each call of a device is noted in "calls". Structures are those of nvml.h, version 12. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK = 0, NOT_SUPPORTED = 3, INVALID_ARGUMENT = 2, TOO_SMALL = 7, TIMEOUT = 10, LOST = 15 };
enum { XID_EVENT = 8 };
typedef void *Device;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } Memory;
typedef struct { char legacy[16]; unsigned domain, bus, device, id, sub; char bus_id[32]; } Pci;
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } Process;
typedef struct { unsigned pid; unsigned long long at; unsigned sm, memory, encoder, decoder; } Sample;
typedef union { double d; unsigned u; unsigned long ul; unsigned long long ull; long long ll; } Value;
typedef struct { unsigned id, scope; long long at, took; unsigned type, answer; Value value; } Field;
typedef struct { Device device; unsigned long long type, data; unsigned gpu_instance, compute_instance; } Event;
typedef struct { unsigned index; double told; } EventSet;

static void beside(const char *name, char *path, size_t size) {
    Dl_info info;
    dladdr((void *)beside, &info);
    snprintf(path, size, "%s", info.dli_fname);
    char *slash = strrchr(path, '/');
    snprintf(slash + 1, size - (size_t)(slash + 1 - path), "%s", name);
}

/* The text after a name, 1 when it is there. */
static int text(const char *name, char *value, size_t size) {
    char path[4096], line[512];
    beside("play", path, sizeof path);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t length = strlen(name);
    int found = 0;
    while (!found && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            line[strcspn(line, "\n")] = 0;
            snprintf(value, size, "%s", line + length + 1);
            found = 1;
        }
    }
    fclose(file);
    return found;
}

static unsigned index_of(Device device) { return (unsigned)(uintptr_t)device - 1; }

static int device_text(Device device, const char *reading, char *value, size_t size) {
    char name[128], path[4096];
    beside("calls", path, sizeof path);
    FILE *calls = fopen(path, "a");
    if (calls) { fprintf(calls, "%u.%s\n", index_of(device), reading); fclose(calls); }
    snprintf(name, sizeof name, "%u.lost", index_of(device));
    if (text(name, value, size) && strcmp(value, "1") == 0) return LOST;
    snprintf(name, sizeof name, "%u.%s", index_of(device), reading);
    return text(name, value, size) ? OK : NOT_SUPPORTED;
}

static int number(Device device, const char *reading, double *value) {
    char told[256];
    int answer = device_text(device, reading, told, sizeof told);
    if (answer == OK) *value = atof(told);
    return answer;
}

static int whole(Device device, const char *reading, unsigned *value) {
    double told = 0;
    int answer = number(device, reading, &told);
    if (answer == OK) *value = (unsigned)(told + 0.5);
    return answer;
}

/* As the real one does: the devices are counted when it is opened, and not again while anyone holds it open. */
static unsigned held = 0, counted = 0;
int nvmlInit_v2(void) {
    char told[32];
    if (held++ == 0) counted = text("count", told, sizeof told) ? (unsigned)atoi(told) : 0;
    return OK;
}
int nvmlShutdown(void) { held--; return OK; }
int nvmlSystemGetDriverVersion(char *version, unsigned size) { return text("driver", version, size) ? OK : NOT_SUPPORTED; }
int nvmlDeviceGetCount_v2(unsigned *count) {
    *count = counted;
    return OK;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *device) {
    *device = (Device)(uintptr_t)(index + 1);
    return OK;
}
int nvmlDeviceGetUUID(Device d, char *uuid, unsigned size) { return device_text(d, "uuid", uuid, size); }
int nvmlDeviceGetName(Device d, char *name, unsigned size) { return device_text(d, "name", name, size); }
int nvmlDeviceGetPciInfo_v3(Device d, Pci *pci) { return device_text(d, "pci_bus_id", pci->bus_id, sizeof pci->bus_id); }
int nvmlDeviceGetMemoryInfo_v2(Device d, Memory *memory) {
    double used, total;
    int answer = number(d, "memory_used", &used);
    if (answer == OK) answer = number(d, "memory_total", &total);
    if (answer == OK) { memory->used = (unsigned long long)used; memory->total = (unsigned long long)total; }
    return answer;
}
int nvmlDeviceGetUtilizationRates(Device d, Utilization *load) {
    int answer = whole(d, "utilization", &load->gpu);
    return answer == OK ? whole(d, "memory_utilization", &load->memory) : answer;
}
int nvmlDeviceGetEncoderUtilization(Device d, unsigned *load, unsigned *period) { *period = 0; return whole(d, "encoder", load); }
int nvmlDeviceGetDecoderUtilization(Device d, unsigned *load, unsigned *period) { *period = 0; return whole(d, "decoder", load); }
int nvmlDeviceGetTemperature(Device d, int sensor, unsigned *t) { (void)sensor; return whole(d, "temperature", t); }
int nvmlDeviceGetTemperatureThreshold(Device d, int kind, unsigned *t) {
    return kind == 1 ? whole(d, "slowdown", t) : NOT_SUPPORTED;
}
int nvmlDeviceGetFanSpeed_v2(Device d, unsigned fan, unsigned *speed) { (void)fan; return whole(d, "fan", speed); }
int nvmlDeviceGetPowerUsage(Device d, unsigned *milliwatts) { return whole(d, "power", milliwatts); }
int nvmlDeviceGetEnforcedPowerLimit(Device d, unsigned *milliwatts) { return whole(d, "power_limit", milliwatts); }
int nvmlDeviceGetTotalEnergyConsumption(Device d, unsigned long long *millijoules) {
    double told = 0;
    int answer = number(d, "energy", &told);
    if (answer == OK) *millijoules = (unsigned long long)told;
    return answer;
}
int nvmlDeviceGetClockInfo(Device d, int clock, unsigned *mhz) {
    return clock == 1 ? whole(d, "sm_clock", mhz) : clock == 2 ? whole(d, "memory_clock", mhz) : NOT_SUPPORTED;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(Device d, unsigned long long *reasons) {
    unsigned told = 0;
    int answer = whole(d, "throttle", &told);
    if (answer == OK) *reasons = told;
    return answer;
}
int nvmlDeviceGetPerformanceState(Device d, unsigned *state) { return whole(d, "state", state); }
int nvmlDeviceGetCurrPcieLinkGeneration(Device d, unsigned *gen) { return whole(d, "pcie_generation", gen); }
int nvmlDeviceGetCurrPcieLinkWidth(Device d, unsigned *width) { return whole(d, "pcie_width", width); }
int nvmlDeviceGetPcieThroughput(Device d, int counter, unsigned *kilobytes) {
    return whole(d, counter == 0 ? "pcie_tx" : "pcie_rx", kilobytes);
}
int nvmlDeviceGetPcieReplayCounter(Device d, unsigned *count) { return whole(d, "pcie_replay", count); }
int nvmlDeviceGetTotalEccErrors(Device d, int kind, int counter, unsigned long long *count) {
    unsigned told = 0;
    int answer = counter == 0 ? whole(d, kind == 0 ? "ecc_corrected" : "ecc_uncorrected", &told) : INVALID_ARGUMENT;
    if (answer == OK) *count = told;
    return answer;
}
int nvmlDeviceGetRetiredPagesPendingStatus(Device d, unsigned *pending) { return whole(d, "retired_pending", pending); }
int nvmlDeviceGetMigMode(Device d, unsigned *current, unsigned *pending) { *pending = 0; return whole(d, "mig", current); }

int nvmlDeviceGetFieldValues(Device d, int count, Field *fields) {
    for (int at = 0; at < count; at++) {
        const char *name = fields[at].id == 82 ? "memory_temperature" : fields[at].id == 142 ? "remapped_corrected"
            : fields[at].id == 143 ? "remapped_uncorrected" : fields[at].id == 144 ? "remapped_pending"
            : fields[at].id == 145 ? "remapped_failed" : "unknown_field";
        fields[at].type = 1;
        fields[at].answer = (unsigned)whole(d, name, &fields[at].value.u);
        if (fields[at].answer == LOST) return LOST;
    }
    return OK;
}

/* "0.compute 42:1024:30,43:2048:5": process, bytes, share of the multiprocessors in percent. */
static int processes(Device d, const char *kind, unsigned *count, Process *list, Sample *samples) {
    char told[512] = "", *rest = told, *one;
    int answer = device_text(d, kind, told, sizeof told);
    if (answer != OK) return answer;
    unsigned room = list || samples ? *count : 0, found = 0;
    while ((one = strsep(&rest, ",")) && *one) {
        unsigned pid = 0, share = 0;
        unsigned long long bytes = 0;
        sscanf(one, "%u:%llu:%u", &pid, &bytes, &share);
        if (found < room && list) list[found] = (Process){pid, bytes, 0xffffffff, 0xffffffff};
        if (found < room && samples) samples[found] = (Sample){pid, 1000, share, 0, 0, 0};
        found++;
    }
    *count = found;
    return found > room ? TOO_SMALL : OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(Device d, unsigned *count, Process *list) {
    return processes(d, "compute", count, list, NULL);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Device d, unsigned *count, Process *list) {
    return processes(d, "graphics", count, list, NULL);
}
int nvmlDeviceGetProcessUtilization(Device d, Sample *samples, unsigned *count, unsigned long long since) {
    if (since >= 1000) { *count = 0; return OK; }
    return processes(d, "compute", count, NULL, samples);
}

int nvmlDeviceGetSupportedEventTypes(Device d, unsigned long long *types) {
    unsigned told = 0;
    int answer = whole(d, "events", &told);
    if (answer == OK) *types = told;
    return answer;
}
int nvmlEventSetCreate(EventSet **set) { return (*set = calloc(1, sizeof **set)) ? OK : 999; }
int nvmlDeviceRegisterEvents(Device d, unsigned long long types, EventSet *set) {
    set->index = index_of(d);
    return types == XID_EVENT ? OK : NOT_SUPPORTED;
}
int nvmlEventSetWait_v2(EventSet *set, Event *event, unsigned milliseconds) {
    char name[64], told[64];
    snprintf(name, sizeof name, "%u.xid", set->index);
    for (unsigned waited = 0;; waited += 5) {
        if (text(name, told, sizeof told) && atof(told) != set->told) {
            set->told = atof(told);
            *event = (Event){(Device)(uintptr_t)(set->index + 1), XID_EVENT, (unsigned long long)set->told, 0, 0};
            return OK;
        }
        if (waited >= milliseconds) return TIMEOUT;
        usleep(5000);
    }
}
int nvmlEventSetFree(EventSet *set) { free(set); return OK; }
