-- Stands before every script that only the writer may run. KEYS 1 and 2 are the store's notes and its lease; ARGV 1 to 6
-- the writer's token, how long its lease holds (milliseconds), the store's id, the version of its format, what the
-- call is about, and its number, which grows from call to call.
--
-- Who has taken the store last is its writer, however long ago: a lease that ran out while nobody else took the store
-- loses nothing. Notes that are gone were lost by Redis, and are written again. A call that comes after a later one about
-- the same was given up by its sender long ago, and must not happen any more.
local function fenced()
    local writer = redis.call('HGET', KEYS[1], 'writer')
    if writer and writer ~= ARGV[1] then
        return redis.error_reply('FENCED another forewatch writes this store')
    end
    return nil, writer
end

local function refusal()
    local refused, writer = fenced()
    if refused then
        return refused
    end
    local about, number = 'call:' .. ARGV[5], tonumber(ARGV[6])
    if tonumber(redis.call('HGET', KEYS[1], about) or '0') > number then
        return redis.error_reply('LATE the call was given up long ago')
    end
    if not writer then
        local epoch = string.format('%.0f', math.floor(number / 68719476736))
        redis.call('HSET', KEYS[1], 'id', ARGV[3], 'format', ARGV[4], 'writer', ARGV[1], 'epoch', epoch)
    end
    redis.call('HSET', KEYS[1], about, ARGV[6])
    redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
    return nil
end

-- The highest sequence that a stream ever had, also when it was trimmed or taken back.
local function last_sequence(stream)
    if redis.call('EXISTS', stream) == 0 then
        return 0
    end
    local info = redis.call('XINFO', 'STREAM', stream)
    for place = 1, #info, 2 do
        if info[place] == 'last-generated-id' then
            return tonumber(string.match(info[place + 1], '^%d+'))
        end
    end
    return 0
end

local function id(sequence)
    return string.format('%.0f-0', sequence)
end
