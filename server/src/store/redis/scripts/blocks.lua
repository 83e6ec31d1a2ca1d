-- KEYS: a slot's index, then hashes of blocks. ARGV: the call's number (see guard.lua), when they expire (Unix seconds), how
-- many blocks are put and how many deleted, then these: the hash's number, field and body; the hash's number and field.
-- The index has, for each shard, how many parts it had at most, and the number of the last call.
if tonumber(redis.call('HGET', KEYS[1], 'call') or '0') > tonumber(ARGV[1]) then
    return redis.error_reply('LATE the call was given up long ago')
end
local parts = {}
local at = 5
for _ = 1, tonumber(ARGV[3]) do
    local field = tonumber(ARGV[at + 1])
    local shard, part = math.floor(field / 1024), field % 1024
    redis.call('HSET', KEYS[tonumber(ARGV[at]) + 1], ARGV[at + 1], ARGV[at + 2])
    parts[shard] = math.max(parts[shard] or 0, part + 1)
    at = at + 3
end
for _ = 1, tonumber(ARGV[4]) do
    redis.call('HDEL', KEYS[tonumber(ARGV[at]) + 1], ARGV[at + 1])
    at = at + 2
end
for shard, count in pairs(parts) do
    local known = tonumber(redis.call('HGET', KEYS[1], shard) or '0')
    if count > known then
        redis.call('HSET', KEYS[1], shard, count)
    end
end
redis.call('HSET', KEYS[1], 'call', ARGV[1])
for _, key in ipairs(KEYS) do
    redis.call('EXPIREAT', key, ARGV[2])
end
return 0
