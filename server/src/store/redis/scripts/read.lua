-- KEYS: a slot's index, a hash of blocks. ARGV: the first shard, the one behind the last, from how many shards on the hash
-- is taken as a whole. Answers with the number of the last call that wrote the slot, then field and body of each block.
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
local found
if to - from >= tonumber(ARGV[3]) then
    found = redis.call('HGETALL', KEYS[2])
else
    found = {}
    for shard = from, to - 1 do
        local parts = tonumber(redis.call('HGET', KEYS[1], shard) or '0')
        if parts > 0 then
            local fields = {}
            for part = 0, parts - 1 do
                fields[part + 1] = string.format('%.0f', shard * 1024 + part)
            end
            local bodies = redis.call('HMGET', KEYS[2], unpack(fields))
            for place, body in ipairs(bodies) do
                if body then
                    found[#found + 1] = fields[place]
                    found[#found + 1] = body
                end
            end
        end
    end
end
return { redis.call('HGET', KEYS[1], 'call') or '0', found }
