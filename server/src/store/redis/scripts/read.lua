-- KEYS: a slot's index, hashes of blocks. ARGV: shards; without any, each hash is taken as a whole. Answers with the number
-- of the last call that wrote the slot, and for each hash field and body of each block.
local fields = {}
for _, shard in ipairs(ARGV) do
    local parts = tonumber(redis.call('HGET', KEYS[1], shard) or '0')
    for part = 0, parts - 1 do
        fields[#fields + 1] = string.format('%.0f', shard * 1024 + part)
    end
end
local all = {}
for hash = 2, #KEYS do
    local found = {}
    if #ARGV == 0 then
        found = redis.call('HGETALL', KEYS[hash])
    end
    -- Lua takes some thousand arguments at most.
    for first = 1, #fields, 1000 do
        local last = math.min(first + 999, #fields)
        for place, body in ipairs(redis.call('HMGET', KEYS[hash], unpack(fields, first, last))) do
            if body then
                found[#found + 1] = fields[first + place - 1]
                found[#found + 1] = body
            end
        end
    end
    all[#all + 1] = found
end
return { redis.call('HGET', KEYS[1], 'call') or '0', all }
