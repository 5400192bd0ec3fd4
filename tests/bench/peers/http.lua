-- http.lua - what wrk sends: one new command a request, and one line of JSON in the end.
local ffi = require("ffi")
ffi.cdef [[
struct timeval { long seconds; long microseconds; };
int gettimeofday(struct timeval *now, void *zone);
]]

local threads = 0
local now = ffi.new("struct timeval")
local edition = "00000000-0000-7000-8001-%012x"
local head = "POST /commands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

-- args[1] is tests/bench/sql/create_plain.sql: its head says what is the same in every command.
function init(args)
    ffi.C.gettimeofday(now, nil)
    math.randomseed(tonumber(now.seconds) * 1000003 + tonumber(now.microseconds) + number * 7919)
    local fields = '"id":"%s","subject":"%s","edition":"' .. edition .. '"'
    for line in io.lines(args[1]) do
        local name, value = line:match("^%-%- :(%l+) +%l+ +'([^']+)'")
        if name and name ~= "source" then
            fields = fields .. string.format(',"%s":"%s"', name, value)
        end
    end
    local command = "{" .. fields .. "}"
    local id = uuid_v7()
    template = string.format(head, #string.format(command, id, id, 0)) .. command
end

function uuid_v7()
    ffi.C.gettimeofday(now, nil)
    local milliseconds = tonumber(now.seconds) * 1000 + math.floor(tonumber(now.microseconds) / 1000)
    local random = math.random
    return string.format("%08x-%04x-7%03x-%04x-%06x%06x", math.floor(milliseconds / 65536), milliseconds % 65536,
        random(0, 0xfff), random(0x8000, 0xbfff), random(0, 0xffffff), random(0, 0xffffff))
end

function request()
    return string.format(template, uuid_v7(), uuid_v7(), math.random(0, 99))
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format('{"rate": %.1f, "p50_us": %d, "p99_us": %d, "count": %d, "failed": %d}\n',
        summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        summary.requests, failed))
end
