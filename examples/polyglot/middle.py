"""A service that has never heard of Tinct: it passes W3C baggage on, as instrumented programs of every language do."""
import http.server
import sys
import urllib.request

NEXT = sys.argv[1]


class Middle(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        onward = urllib.request.Request(NEXT)
        if "baggage" in self.headers:
            onward.add_header("baggage", self.headers["baggage"])
        with urllib.request.urlopen(onward) as answer:
            body = b"by way of Python: " + answer.read()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Middle)
print(server.server_port, flush=True)
server.serve_forever()
