-- KEYS: notes, lease, log, marks. ARGV: guard's six, then a time (microseconds), the last sequence that may go, and how
-- many entries at most. Deletes what was received before the time, as far as the marks tell; answers 1 if more may be left.
-- Nothing but deletes: a full memory does not keep it from making room.
local refused = fenced()
if refused then
    return refused
end
local mark = redis.call('ZREVRANGEBYSCORE', KEYS[4], '(' .. ARGV[7], '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
if #mark == 0 then
    return 0
end
local from = id(math.min(tonumber(mark[1]), tonumber(ARGV[8])) + 1)
-- In whole nodes of the stream first, which is bounded; what is left then is a part of one node.
if redis.call('XTRIM', KEYS[3], 'MINID', '~', from, 'LIMIT', ARGV[9]) > 0 then
    return 1
end
redis.call('XTRIM', KEYS[3], 'MINID', from)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', '(' .. mark[2])
return 0
