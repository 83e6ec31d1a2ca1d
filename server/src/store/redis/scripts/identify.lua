-- KEYS: the notes. ARGV: an id and a version, for a store that is new. Answers with those that it has.
redis.call('HSETNX', KEYS[1], 'id', ARGV[1])
redis.call('HSETNX', KEYS[1], 'format', ARGV[2])
return redis.call('HMGET', KEYS[1], 'id', 'format')
