package exchange

import "net/http"

func (f *face) serveBatch(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotImplemented)
}

func (f *face) moduleFile(w http.ResponseWriter, r *request) {
	w.WriteHeader(http.StatusNotImplemented)
}
