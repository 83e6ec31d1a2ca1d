-- KEYS: notes, lease, metrics, subjects, unfinished. ARGV: guard's six, then from when on there are sketches, or nothing, and
-- how many metrics, subjects, subjects that go and slots come then: name and number, name and number with day, name, order
-- and slot. Answers with how many metrics and subjects have names.
local refused = refusal()
if refused then
    return refused
end
if ARGV[7] ~= '' then
    redis.call('HSET', KEYS[1], 'sketched', ARGV[7])
end
local at = 12
for _ = 1, tonumber(ARGV[8]) do
    redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 1])
    at = at + 2
end
for _ = 1, tonumber(ARGV[9]) do
    redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1])
    at = at + 2
end
for _ = 1, tonumber(ARGV[10]) do
    redis.call('HDEL', KEYS[4], ARGV[at])
    at = at + 1
end
for _ = 1, tonumber(ARGV[11]) do
    redis.call('ZADD', KEYS[5], ARGV[at], ARGV[at + 1])
    at = at + 2
end
return { redis.call('HLEN', KEYS[3]), redis.call('HLEN', KEYS[4]) }
