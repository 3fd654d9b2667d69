package export_llm_provider_provider

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/wasi_http_outgoing_handler"
	wasi "wit_component/wasi_http_types"
	"wit_component/wasi_io_streams"
)

// The transport of net/http by way of `wasi:http`. It blocks, as there is one thread.
type transport struct{}

func (transport) RoundTrip(request *http.Request) (*http.Response, error) {
	outgoing, err := head(request)
	if err != nil {
		return nil, err
	}
	body := outgoing.Body()
	if body.IsErr() {
		return nil, errors.New("the body is refused")
	}
	if err := write(body.Ok(), request.Body); err != nil {
		return nil, err
	}
	sent := wasi_http_outgoing_handler.Handle(outgoing, None[*wasi.RequestOptions]())
	if sent.IsErr() {
		return nil, codeError(sent.Err())
	}
	if finished := wasi.OutgoingBodyFinish(body.Ok(), None[*wasi.Fields]()); finished.IsErr() {
		return nil, codeError(finished.Err())
	}
	incoming, err := wait(sent.Ok())
	if err != nil {
		return nil, err
	}
	return answer(request, incoming)
}

func head(request *http.Request) (*wasi.OutgoingRequest, error) {
	fields := wasi.MakeFields()
	for name, values := range request.Header {
		for _, value := range values {
			if fields.Append(name, []byte(value)).IsErr() {
				return nil, fmt.Errorf("header `%s` is refused", name)
			}
		}
	}
	outgoing := wasi.MakeOutgoingRequest(fields)
	scheme := wasi.MakeSchemeHttps()
	if request.URL.Scheme == "http" {
		scheme = wasi.MakeSchemeHttp()
	}
	method := wasi.MakeMethodOther(request.Method)
	switch request.Method {
	case http.MethodGet:
		method = wasi.MakeMethodGet()
	case http.MethodPost:
		method = wasi.MakeMethodPost()
	}
	if outgoing.SetMethod(method).IsErr() ||
		outgoing.SetScheme(Some(scheme)).IsErr() ||
		outgoing.SetAuthority(Some(request.URL.Host)).IsErr() ||
		outgoing.SetPathWithQuery(Some(request.URL.RequestURI())).IsErr() {
		return nil, errors.New("the request is refused")
	}
	return outgoing, nil
}

// Before the request is handed over: nobody reads meanwhile, so this is for small bodies.
func write(body *wasi.OutgoingBody, from io.Reader) error {
	if from == nil {
		return nil
	}
	content, err := io.ReadAll(from)
	if err != nil || len(content) == 0 {
		return err
	}
	stream := body.Write()
	if stream.IsErr() {
		return errors.New("writing is refused")
	}
	defer stream.Ok().Drop()
	if stream.Ok().BlockingWriteAndFlush(content).IsErr() {
		return errors.New("writing fails")
	}
	return nil
}

func wait(future *wasi.FutureIncomingResponse) (*wasi.IncomingResponse, error) {
	defer future.Drop()
	pollable := future.Subscribe()
	pollable.Block()
	pollable.Drop()
	arrived := future.Get()
	if arrived.IsNone() || arrived.Some().IsErr() {
		return nil, errors.New("woken without an answer")
	}
	result := arrived.Some().Ok()
	if result.IsErr() {
		return nil, codeError(result.Err())
	}
	return result.Ok(), nil
}

func answer(request *http.Request, incoming *wasi.IncomingResponse) (*http.Response, error) {
	header := http.Header{}
	fields := incoming.Headers()
	for _, entry := range fields.Entries() {
		header.Add(entry.F0, string(bytes.Clone(entry.F1)))
	}
	fields.Drop()
	consumed := incoming.Consume()
	if consumed.IsErr() {
		return nil, errors.New("no body")
	}
	stream := consumed.Ok().Stream()
	if stream.IsErr() {
		return nil, errors.New("no stream")
	}
	return &http.Response{
		StatusCode:    int(incoming.Status()),
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          &reader{incoming, consumed.Ok(), stream.Ok()},
		ContentLength: -1,
		Request:       request,
	}, nil
}

// What has arrived of an answer. What it holds is in the order in which it was got.
type reader struct {
	response *wasi.IncomingResponse
	body     *wasi.IncomingBody
	stream   *wasi_io_streams.InputStream
}

func (self *reader) Read(into []byte) (int, error) {
	read := self.stream.BlockingRead(uint64(len(into)))
	switch {
	case read.IsOk():
		return copy(into, read.Ok()), nil
	case read.Err().Tag() == wasi_io_streams.StreamErrorClosed:
		return 0, io.EOF
	default:
		problem := read.Err().LastOperationFailed()
		defer problem.Drop()
		return 0, errors.New(problem.ToDebugString())
	}
}

func (self *reader) Close() error {
	self.stream.Drop()
	self.body.Drop()
	self.response.Drop()
	return nil
}

// The names that the tests know; other codes are a number.
func codeError(code wasi.ErrorCode) error {
	switch code.Tag() {
	case wasi.ErrorCodeHttpRequestDenied:
		return errors.New("HttpRequestDenied")
	case wasi.ErrorCodeHttpRequestBodySize:
		return errors.New("HttpRequestBodySize")
	case wasi.ErrorCodeHttpResponseTimeout:
		return errors.New("HttpResponseTimeout")
	case wasi.ErrorCodeConnectionLimitReached:
		return errors.New("ConnectionLimitReached")
	default:
		return fmt.Errorf("ErrorCode %d", code.Tag())
	}
}
