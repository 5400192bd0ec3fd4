# libraries.cmake - what we use of Debian, each as PkgConfig::name.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(pair
    "zmq;libzmq" "protobufc;libprotobuf-c" "pq;libpq" "crypto;libcrypto" "microhttpd;libmicrohttpd"
    "gmime;gmime-3.0" "curl;libcurl" "smartcols;smartcols" "protobuf;protobuf")
  list(GET pair 0 name)
  list(GET pair 1 module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()
find_library(UNISTRING unistring REQUIRED)
find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_C protoc-c REQUIRED)
find_program(PYTHON3 NAMES /usr/bin/python3 REQUIRED)
