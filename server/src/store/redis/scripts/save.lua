-- KEYS: notes, lease, log, state, marks. ARGV: guard's six, then version, sequence and body of the state.
-- A mark says when the event of a sequence was received: by it, trimming finds its place without reading the log.
local refused = refusal()
if refused then
    return refused
end
redis.call('HSET', KEYS[4], 'version', ARGV[7], 'sequence', ARGV[8], 'body', ARGV[9])
local entry = redis.call('XREVRANGE', KEYS[3], ARGV[8] .. '-0', '-', 'COUNT', 1)[1]
if entry then
    local fields = entry[2]
    for place = 1, #fields, 2 do
        if fields[place] == 'at' then
            -- Of marks of one time the last in the order of letters is found: the digits make it the latest.
            redis.call('ZADD', KEYS[5], fields[place + 1], string.format('%016.0f', tonumber(ARGV[8])))
        end
    end
end
return 0
