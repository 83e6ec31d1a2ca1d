-- KEYS: notes, lease, log. ARGV: token, lease (ms), id, format, the holder that the token begins with.
-- Makes the holder the writer, and answers with the number of writers until now; or, while another holds a lease, with 0
-- and the milliseconds that it still holds.
local held = redis.call('GET', KEYS[2])
if held and string.sub(held, 1, #ARGV[5]) ~= ARGV[5] then
    return { 0, math.max(redis.call('PTTL', KEYS[2]), 0) }
end
-- Trimming by sequence came with Redis 6.2; this trims nothing.
redis.call('XTRIM', KEYS[3], 'MINID', '0')
redis.call('HSET', KEYS[1], 'writer', ARGV[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { redis.call('HINCRBY', KEYS[1], 'epoch', 1), 0 }
